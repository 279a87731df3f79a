import { type RequestFailureOf, type RequestReading, readOperationRequest } from '#protocol/soap/operation.ts';
import { DEFAULT_LIMITS, type XmlLimits } from '#protocol/xml/read.ts';
import { OPERATIONS } from './operations.ts';
import { REQUEST_CODECS } from './request-codecs.ts';
import type { FaultCode, WuspOperation, WuspRequest } from './types.ts';

/** Why a request could not be read, ready to become a fault. */
export type RequestFailure = RequestFailureOf<WuspOperation, FaultCode>;

const TABLE = { operations: OPERATIONS, codecs: REQUEST_CODECS };

/**
 * Reads a request of the client protocol, whatever its SOAPAction says: the operation is the first element inside the body. Unknown
 * elements and attributes are ignored, `xsi:nil` is absent, prefixes do not matter. What is missing, of the wrong type, given twice or
 * above a limit fails: with InvalidCookie or InvalidAuthorizationCookie where a new cookie would help, else with InvalidParameters.
 * Never throws.
 */
export function readRequest(
  body: string | Uint8Array,
  limits: XmlLimits = DEFAULT_LIMITS,
): RequestReading<WuspOperation, WuspRequest, FaultCode> {
  return readOperationRequest(TABLE, faultFor, body, limits);
}

/** A broken cookie is as good as a foreign one: only these faults make an agent fetch a new one. */
function faultFor(parameter: string | undefined): FaultCode {
  const root = parameter?.split('.', 1)[0];
  if (root === 'cookie' || root === 'oldCookie') return 'InvalidCookie';
  return root === 'authCookies' ? 'InvalidAuthorizationCookie' : 'InvalidParameters';
}
