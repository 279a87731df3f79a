import { type RequestReading, readOperationRequest } from '#protocol/soap/operation.ts';
import { DEFAULT_LIMITS, type XmlLimits } from '#protocol/xml/read.ts';
import { WSUSSS_OPERATIONS } from './operations.ts';
import { REQUEST_CODECS } from './request-codecs.ts';
import type { WsusssFaultCode, WsusssOperation, WsusssRequest } from './types.ts';

const TABLE = { operations: WSUSSS_OPERATIONS, codecs: REQUEST_CODECS };

/**
 * Reads a request of a downstream server, whatever its SOAPAction says: the operation is the first element inside the body. Unknown
 * elements are ignored, order and prefixes do not matter. What is missing, of the wrong type, given twice or above a limit fails: with
 * InvalidCookie or InvalidAuthorizationCookie where a new cookie would help, else with InvalidParameters. Never throws.
 */
export function readWsusssRequest(
  body: string | Uint8Array,
  limits: XmlLimits = DEFAULT_LIMITS,
): RequestReading<WsusssOperation, WsusssRequest, WsusssFaultCode> {
  return readOperationRequest(TABLE, faultFor, body, limits);
}

/** Only the faults about cookies make a downstream server fetch new ones. */
function faultFor(parameter: string | undefined): WsusssFaultCode {
  const root = parameter?.split('.', 1)[0];
  if (root === 'cookie' || root === 'oldCookie') return 'InvalidCookie';
  return root === 'authCookies' ? 'InvalidAuthorizationCookie' : 'InvalidParameters';
}
