/** What can go wrong with the store that an operator can act on; scripts and documents rely on the codes. */
export type StoreErrorCode =
  | 'store.data-dir-in-use'
  | 'store.start-failed'
  | 'store.server-too-old'
  | 'store.migration-failed'
  | 'store.newer-than-program'
  | 'store.clock-mismatch'
  | 'backup.corrupt'
  | 'backup.truncated'
  | 'backup.newer'
  | 'backup.other-schema'
  | 'backup.not-empty';

/** A coded failure of the store; the message is for people and names the place. */
export class StoreError extends Error {
  override readonly name = 'StoreError';
  readonly code: StoreErrorCode;

  constructor(code: StoreErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}
