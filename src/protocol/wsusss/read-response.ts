import { type ResponseReading, readOperationResponse } from '#protocol/soap/operation.ts';
import type { XmlLimits } from '#protocol/xml/read.ts';
import { WSUSSS_OPERATIONS } from './operations.ts';
import { RESPONSE_CODECS } from './response-codecs.ts';
import { WSUSSS_FAULT_CODES, type WsusssFaultCode, type WsusssOperation, type WsusssResponseTo } from './types.ts';

/** The answer to an operation, or its fault; without a fault the body is no answer at all. */
export type ReadWsusssResponse<O extends WsusssOperation> = ResponseReading<WsusssResponseTo<O>, WsusssFaultCode>;

/** Windows stops near 2 MB, others may not; a list of a million revisions has 140 MB. */
const RESPONSE_LIMITS: XmlLimits = {
  size: 256 * 1024 * 1024,
  depth: 32,
  elements: 4_000_000,
  attributes: 64,
  attributeLength: 64 * 1024,
  textLength: 128 * 1024 * 1024,
};

const TABLE = { operations: WSUSSS_OPERATIONS, codecs: RESPONSE_CODECS };
const FAULTS = { codes: WSUSSS_FAULT_CODES, otherwise: 'InternalServerError' } as const;

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
  return readOperationResponse<WsusssOperation, WsusssResponseTo<O>, WsusssFaultCode>(
    TABLE,
    FAULTS,
    operation,
    body,
    limits,
  );
}
