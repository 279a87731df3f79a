/** Why a cabinet was not read or unpacked. */
export interface CabinetFailure {
  readonly ok: false;
  /**
   * `unsupported`: a set of several cabinets, or Quantum; `malformed`: the structure contradicts itself or ends early; `checksum`:
   * a block is not what was packed; `corrupt`: the packed data does not unpack; `too-large`: above the caller's limit.
   */
  readonly code: `cabinet.${'not-a-cabinet' | 'unsupported' | 'malformed' | 'checksum' | 'corrupt' | 'too-large'}`;
  readonly message: string;
}

/** Ends the reading of a cabinet; never leaves this folder. */
export class CabinetRefusal extends Error {
  readonly code: CabinetFailure['code'];

  constructor(code: CabinetFailure['code'], message: string) {
    super(message);
    this.code = code;
  }
}

export function refuse(code: CabinetFailure['code'], message: string): never {
  throw new CabinetRefusal(code, message);
}

/** What `read` returns, or its refusal as a value. */
export function refusing<T extends { readonly ok: true }>(read: () => T): T | CabinetFailure {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof CabinetRefusal)) throw error;
    return { ok: false, code: error.code, message: error.message };
  }
}
