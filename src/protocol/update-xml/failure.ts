/** Why a document or a fragment was refused. */
export type UpdateFailureCode =
  | 'update.ambiguous-attribute'
  | 'update.bad-digest'
  | 'update.bad-encoding'
  | 'update.bad-guid'
  | 'update.bad-number'
  | 'update.bad-time'
  | 'update.bad-value'
  | 'update.dtd'
  | 'update.duplicate-element'
  | 'update.duplicate-language'
  | 'update.empty-clause'
  | 'update.missing-attribute'
  | 'update.missing-element'
  | 'update.no-title'
  | 'update.not-xml'
  | 'update.too-deep'
  | 'update.too-large'
  | 'update.too-many-attributes'
  | 'update.too-many-elements'
  | 'update.unexpected-element';

export interface UpdateFailure {
  readonly ok: false;
  readonly code: UpdateFailureCode;
  readonly message: string;
  /** Counted from 1; 0 when the input could not be read as text at all. */
  readonly line: number;
  /** Characters of that line up to the end of what was wrong, e.g. the `>` of a start tag. */
  readonly column: number;
  /** Local names from the root, e.g. `Update/Files/File`; empty outside of the root. */
  readonly path: string;
}

/** A place in a document or a fragment. */
export interface Place {
  readonly line: number;
  readonly column: number;
  readonly path: string;
}

/** Thrown inside this folder only; its faces turn it into an `UpdateFailure`. */
export class UpdateRefusal extends Error {
  readonly code: UpdateFailureCode;
  readonly place: Place;

  constructor(code: UpdateFailureCode, message: string, place: Place) {
    super(message);
    this.code = code;
    this.place = place;
  }
}

/** Runs a reader and gives its refusal back as a value. Any other error is a bug and passes through. */
export function refusing<T>(read: () => T): T | UpdateFailure {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof UpdateRefusal)) throw error;
    return { ok: false, code: error.code, message: error.message, ...error.place };
  }
}
