import { type BodyName, type MessageFailure, readEnvelope, type SoapVersion } from '#protocol/soap/envelope.ts';
import { type Codec, mapped } from '#protocol/xml/codec.ts';
import { DEFAULT_LIMITS, type XmlLimits } from '#protocol/xml/read.ts';
import { isOperation, OPERATIONS } from './operations.ts';
import { REQUEST_CODECS } from './request-codecs.ts';
import type { FaultCode, WuspOperation, WuspRequest } from './types.ts';

export interface ReadRequest {
  readonly ok: true;
  readonly request: WuspRequest;
  /** Answer in the same. */
  readonly version: SoapVersion;
}

/** Why a request could not be read, ready to become a fault. */
export interface RequestFailure {
  readonly ok: false;
  readonly errorCode: FaultCode;
  /** For the log: says what was wrong, not which value was sent. */
  readonly message: string;
  /** Path of the parameter, e.g. `parameters.InstalledNonLeafUpdateIDs`; or line and column where there is none. */
  readonly place: string;
  /** Once it is known. */
  readonly operation?: WuspOperation;
  readonly version: SoapVersion;
}

/**
 * Reads a request of the client protocol, whatever its SOAPAction says: the operation is the first element inside the body. Unknown
 * elements and attributes are ignored, `xsi:nil` is absent, prefixes do not matter. What is missing, of the wrong type, given twice or
 * above a limit fails: with InvalidCookie or InvalidAuthorizationCookie where a new cookie would help, else with InvalidParameters.
 * Never throws.
 */
export function readRequest(
  body: string | Uint8Array,
  limits: XmlLimits = DEFAULT_LIMITS,
): ReadRequest | RequestFailure {
  const message = readEnvelope<WuspRequest>(
    body,
    (element) => {
      const operation = operationOf(element);
      return operation && codecOf(operation);
    },
    limits,
  );
  return message.ok ? { ok: true, request: message.value, version: message.version } : failureOf(message);
}

function operationOf({ name, namespace }: BodyName): WuspOperation | undefined {
  return isOperation(name) && OPERATIONS[name].namespace === namespace ? name : undefined;
}

function codecOf(operation: WuspOperation): Codec<WuspRequest, never> {
  // The table pairs each operation with the codec of its own content; only the pairing is lost on the compiler.
  const codec = REQUEST_CODECS[operation] as Codec<object>;
  return mapped<object, WuspRequest>(
    codec,
    (content) => ({ operation, ...content }) as WuspRequest,
    (request) => request,
  );
}

function failureOf({ version, body, message, parameter, place }: MessageFailure): RequestFailure {
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

/** A broken cookie is as good as a foreign one: only these faults make an agent fetch a new one. */
function faultFor(parameter: string | undefined): FaultCode {
  const root = parameter?.split('.', 1)[0];
  if (root === 'cookie' || root === 'oldCookie') return 'InvalidCookie';
  return root === 'authCookies' ? 'InvalidAuthorizationCookie' : 'InvalidParameters';
}
