import { readEnvelope } from '#protocol/soap/envelope.ts';
import { FAULT, isFault, type ReceivedFault } from '#protocol/soap/fault.ts';
import { type Codec, mapped } from '#protocol/xml/codec.ts';
import type { XmlLimits } from '#protocol/xml/read.ts';
import { OPERATIONS } from './operations.ts';
import { RESPONSE_CODECS } from './response-codecs.ts';
import { FAULT_CODES, type FaultCode, type ResponseTo, type WuspFault, type WuspOperation } from './types.ts';

export type ReadResponse<O extends WuspOperation> =
  | { readonly ok: true; readonly response: ResponseTo<O, string> }
  /** Without a fault: the body is no answer at all, `message` says why. */
  | { readonly ok: false; readonly fault?: WuspFault; readonly message: string };

/** A page of real updates reached 51 MB, one fragment 47 MB. */
const RESPONSE_LIMITS: XmlLimits = {
  size: 256 * 1024 * 1024,
  depth: 32,
  elements: 2_000_000,
  attributes: 64,
  attributeLength: 64 * 1024,
  textLength: 128 * 1024 * 1024,
};

/**
 * Reads the answer to an operation; the text of fragments is unescaped once, so that it is the fragment itself. A fault whose code is
 * none of the protocol's reads as InternalServerError. Never throws.
 */
export function readResponse<O extends WuspOperation>(
  operation: O,
  body: string | Uint8Array,
  limits: XmlLimits = RESPONSE_LIMITS,
): ReadResponse<O> {
  const message = readEnvelope<ReadResponse<O>>(
    body,
    (element, version) => {
      if (isFault(element, version)) return reads(FAULT, (fault) => refusal(fault));
      const { namespace } = OPERATIONS[operation];
      if (element.name !== `${operation}Response` || element.namespace !== namespace) return undefined;
      // The table pairs each operation with the codec of its own content; only the pairing is lost on the compiler.
      const codec = RESPONSE_CODECS[operation] as Codec<object>;
      return reads(codec, (content) => ({ ok: true, response: { operation, ...content } as ResponseTo<O, string> }));
    },
    limits,
  );
  if (message.ok) return message.value;
  return { ok: false, message: `${message.parameter ?? message.place}: ${message.message}` };
}

function reads<A, B>(codec: Codec<A>, read: (value: A) => B): Codec<B, never> {
  return mapped<A, B>(codec, read, (value) => value as never);
}

function refusal({ faultString, reason, detail }: ReceivedFault): {
  readonly ok: false;
  fault: WuspFault;
  message: string;
} {
  const text = (faultString ?? reason?.text ?? '').trim();
  const errorCode = FAULT_CODES.find((code) => code === detail?.errorCode?.trim());
  const message = errorCode ? detail?.message : text;
  const fault: WuspFault = {
    errorCode: errorCode ?? ('InternalServerError' satisfies FaultCode),
    ...(message ? { message } : {}),
    id: detail?.id?.trim() ?? '',
    method: detail?.method?.trim().replace(/^"|"$/g, '') ?? '',
  };
  return { ok: false, fault, message: `${fault.errorCode}${message ? `: ${message}` : ''}` };
}
