import { readEnvelope } from '#protocol/soap/envelope.ts';
import { FAULT, isFault, type ReceivedFault } from '#protocol/soap/fault.ts';
import { type Codec, mapped } from '#protocol/xml/codec.ts';
import type { XmlLimits } from '#protocol/xml/read.ts';
import { WSUSSS_OPERATIONS } from './operations.ts';
import { RESPONSE_CODECS } from './response-codecs.ts';
import { WSUSSS_FAULT_CODES, type WsusssFault, type WsusssOperation, type WsusssResponseTo } from './types.ts';

export type ReadWsusssResponse<O extends WsusssOperation> =
  | { readonly ok: true; readonly response: WsusssResponseTo<O> }
  | ReadWsusssRefusal;

interface ReadWsusssRefusal {
  readonly ok: false;
  /** Absent: the body is no answer at all, `message` says why. */
  readonly fault?: WsusssFault;
  readonly message: string;
}

/** Windows stops near 2 MB, others may not; a list of a million revisions has 140 MB. */
const RESPONSE_LIMITS: XmlLimits = {
  size: 256 * 1024 * 1024,
  depth: 32,
  elements: 4_000_000,
  attributes: 64,
  attributeLength: 64 * 1024,
  textLength: 128 * 1024 * 1024,
};

/**
 * Reads the answer of an upstream server to an operation, by the names of the elements: their order is not the same everywhere. A plain
 * document is unescaped once, so that it is the document itself. A fault whose code is none of the protocol's reads as
 * InternalServerError. Never throws.
 */
export function readWsusssResponse<O extends WsusssOperation>(
  operation: O,
  body: string | Uint8Array,
  limits: XmlLimits = RESPONSE_LIMITS,
): ReadWsusssResponse<O> {
  const message = readEnvelope<ReadWsusssResponse<O>>(
    body,
    (element, version) => {
      if (isFault(element, version)) return reads(FAULT, refusal);
      const { namespace } = WSUSSS_OPERATIONS[operation];
      if (element.name !== `${operation}Response` || element.namespace !== namespace) return undefined;
      // The table pairs each operation with the codec of its own content; only the pairing is lost on the compiler.
      const codec = RESPONSE_CODECS[operation] as Codec<object>;
      return reads(codec, (content) => ({ ok: true, response: { operation, ...content } as WsusssResponseTo<O> }));
    },
    limits,
  );
  if (message.ok) return message.value;
  return { ok: false, message: `${message.parameter ?? message.place}: ${message.message}` };
}

function reads<A, B>(codec: Codec<A>, read: (value: A) => B): Codec<B, never> {
  return mapped<A, B>(codec, read, (value) => value as never);
}

function refusal({ faultString, reason, detail }: ReceivedFault): ReadWsusssRefusal {
  const errorCode = WSUSSS_FAULT_CODES.find((code) => code === detail?.errorCode?.trim());
  const message = errorCode ? detail?.message : (faultString ?? reason?.text ?? '').trim();
  const fault: WsusssFault = {
    errorCode: errorCode ?? 'InternalServerError',
    ...(message ? { message } : {}),
    id: detail?.id?.trim() ?? '',
    method: detail?.method?.trim().replace(/^"|"$/g, '') ?? '',
  };
  return { ok: false, fault, message: `${fault.errorCode}${message ? `: ${message}` : ''}` };
}
