import { type BodyName, type MessageFailure, readEnvelope, type SoapVersion } from '#protocol/soap/envelope.ts';
import { type Codec, mapped } from '#protocol/xml/codec.ts';
import { DEFAULT_LIMITS, type XmlLimits } from '#protocol/xml/read.ts';
import { isWsusssOperation, WSUSSS_OPERATIONS } from './operations.ts';
import { REQUEST_CODECS } from './request-codecs.ts';
import type { WsusssFaultCode, WsusssOperation, WsusssRequest } from './types.ts';

interface ReadWsusssRequest {
  readonly ok: true;
  readonly request: WsusssRequest;
  /** Answer in the same. */
  readonly version: SoapVersion;
}

/** Why a request could not be read, ready to become a fault. */
export interface WsusssRequestFailure {
  readonly ok: false;
  readonly errorCode: WsusssFaultCode;
  /** For the log: says what was wrong, not which value was sent. */
  readonly message: string;
  /** Path of the parameter, e.g. `filter.GetConfig`; or line and column where there is none. */
  readonly place: string;
  /** Once it is known. */
  readonly operation?: WsusssOperation;
  readonly version: SoapVersion;
}

/**
 * Reads a request of a downstream server, whatever its SOAPAction says: the operation is the first element inside the body. Unknown
 * elements are ignored, order and prefixes do not matter. What is missing, of the wrong type, given twice or above a limit fails: with
 * InvalidCookie or InvalidAuthorizationCookie where a new cookie would help, else with InvalidParameters. Never throws.
 */
export function readWsusssRequest(
  body: string | Uint8Array,
  limits: XmlLimits = DEFAULT_LIMITS,
): ReadWsusssRequest | WsusssRequestFailure {
  const message = readEnvelope<WsusssRequest>(
    body,
    (element) => {
      const operation = operationOf(element);
      return operation && codecOf(operation);
    },
    limits,
  );
  return message.ok ? { ok: true, request: message.value, version: message.version } : failureOf(message);
}

function operationOf({ name, namespace }: BodyName): WsusssOperation | undefined {
  return isWsusssOperation(name) && WSUSSS_OPERATIONS[name].namespace === namespace ? name : undefined;
}

function codecOf(operation: WsusssOperation): Codec<WsusssRequest, never> {
  // The table pairs each operation with the codec of its own content; only the pairing is lost on the compiler.
  const codec = REQUEST_CODECS[operation] as Codec<object>;
  return mapped<object, WsusssRequest>(
    codec,
    (content) => ({ operation, ...content }) as WsusssRequest,
    (request) => request,
  );
}

function failureOf({ version, body, message, parameter, place }: MessageFailure): WsusssRequestFailure {
  const operation = body && operationOf(body);
  return {
    ok: false,
    errorCode: faultFor(parameter),
    message,
    place: parameter ?? place,
    ...(operation ? { operation } : {}),
    version,
  };
}

/** Only the faults about cookies make a downstream server fetch new ones. */
function faultFor(parameter: string | undefined): WsusssFaultCode {
  const root = parameter?.split('.', 1)[0];
  if (root === 'cookie' || root === 'oldCookie') return 'InvalidCookie';
  return root === 'authCookies' ? 'InvalidAuthorizationCookie' : 'InvalidParameters';
}
