/** The steps that end what was started; taken newest first. */
export type Undo = (() => Promise<unknown>)[];
