import type { FaultCode } from '#protocol/wusp/responses.ts';

/** What an operator should see of a refusal; becomes a warning in the log. */
export interface Warning {
  readonly code: 'conflict' | 'former-token';
  readonly message: string;
  /** What it is about, by id. */
  readonly subject: Readonly<Record<string, string>>;
}

/** An expected refusal inside a handler; the endpoint turns it into a SOAP fault whose code tells the client how to recover. */
export class Refusal extends Error {
  readonly errorCode: FaultCode;
  readonly warning: Warning | undefined;

  /** `place`: for InvalidParameters the parameter's path, e.g. `parameters.InstalledNonLeafUpdateIDs`. */
  constructor(errorCode: FaultCode, place = '', warning?: Warning) {
    super(place);
    this.name = 'Refusal';
    this.errorCode = errorCode;
    this.warning = warning;
  }
}
