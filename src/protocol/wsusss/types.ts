// The face of this folder's types: what downstream servers ask, what upstream servers answer or refuse.
export * from './requests.ts';
export * from './responses.ts';
