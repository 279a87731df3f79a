import type { FaultCode } from '#protocol/wusp/responses.ts';

/** An expected refusal inside a handler; the endpoint turns it into a SOAP fault whose code tells the client how to recover. */
export class Refusal extends Error {
  readonly errorCode: FaultCode;

  /** `place`: for InvalidParameters the parameter's path, e.g. `parameters.InstalledNonLeafUpdateIDs`. */
  constructor(errorCode: FaultCode, place = '') {
    super(place);
    this.name = 'Refusal';
    this.errorCode = errorCode;
  }
}
