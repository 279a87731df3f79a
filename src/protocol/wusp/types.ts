// The face of this folder's types: what clients ask, what servers answer or refuse.
export * from './requests.ts';
export * from './responses.ts';
