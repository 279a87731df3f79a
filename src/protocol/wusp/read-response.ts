import { type ResponseReading, readOperationResponse } from '#protocol/soap/operation.ts';
import type { XmlLimits } from '#protocol/xml/read.ts';
import { OPERATIONS } from './operations.ts';
import { RESPONSE_CODECS } from './response-codecs.ts';
import { FAULT_CODES, type FaultCode, type ResponseTo, type WuspOperation } from './types.ts';

/** The answer to an operation, or its fault; without a fault the body is no answer at all. */
export type ReadResponse<O extends WuspOperation> = ResponseReading<ResponseTo<O, string>, FaultCode>;

/** A page of real updates reached 51 MB, one fragment 47 MB. */
const RESPONSE_LIMITS: XmlLimits = {
  size: 256 * 1024 * 1024,
  depth: 32,
  elements: 2_000_000,
  attributes: 64,
  attributeLength: 64 * 1024,
  textLength: 128 * 1024 * 1024,
};

const TABLE = { operations: OPERATIONS, codecs: RESPONSE_CODECS };
const FAULTS = { codes: FAULT_CODES, otherwise: 'InternalServerError' } as const;

/**
 * Reads the answer to an operation; the text of fragments is unescaped once, so that it is the fragment itself. A fault whose code is
 * none of the protocol's reads as InternalServerError. Never throws.
 */
export function readResponse<O extends WuspOperation>(
  operation: O,
  body: string | Uint8Array,
  limits: XmlLimits = RESPONSE_LIMITS,
): ReadResponse<O> {
  return readOperationResponse<WuspOperation, ResponseTo<O, string>, FaultCode>(TABLE, FAULTS, operation, body, limits);
}
