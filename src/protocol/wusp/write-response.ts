import { envelope, type SoapVersion } from '#protocol/soap/envelope.ts';
import { writeFaultEnvelope } from '#protocol/soap/fault.ts';
import type { Codec } from '#protocol/xml/codec.ts';
import { createSink } from '#protocol/xml/sink.ts';
import { OPERATIONS, type Service } from './operations.ts';
import { RESPONSE_CODECS, writeUpdateInfo } from './response-codecs.ts';
import type { FaultCode, FragmentRef, NewUpdate, WuspFault, WuspOperation, WuspResponse } from './types.ts';

/** A new update whose fragment is stored. */
export type StoredUpdate = NewUpdate<FragmentRef>;

/** A finished piece of a response, the fragment whose escaped bytes belong in its place, or the update whose whole element does. */
export type Chunk = string | FragmentRef | StoredUpdate;

/**
 * The body of a response, piece by piece: what the pieces stand for, one after the other, is the document. Fragments are not copied
 * here, since they may have 47 MB and are stored escaped, and compressed, already. Elements are in the order of the WSDL, empty arrays
 * are left out, as real servers do.
 */
export function writeResponse(response: WuspResponse, version: SoapVersion = '1.1'): readonly Chunk[] {
  const { operation } = response;
  const { namespace, framing } = OPERATIONS[operation];
  const [head, tail] = envelope(framing, version, 'message');
  const sink = createSink();
  sink.open(`${operation}Response xmlns="${namespace}"`);
  // The table pairs each operation with the codec of its own content; only the pairing is lost on the compiler.
  (RESPONSE_CODECS[operation] as Codec<object>).write(response, sink);
  sink.close(`${operation}Response`);
  // The only holes that these codecs leave are fragments and updates.
  const [first, ...rest] = sink.pieces() as Chunk[];
  const last = rest.pop();
  return last === undefined ? [`${head}${first}${tail}`] : [`${head}${first}`, ...rest, `${last}${tail}`];
}

/** The element of an update in an answer, around its fragment. */
export function writeStoredUpdate(update: StoredUpdate): { readonly head: string; readonly tail: string } {
  const sink = createSink();
  writeUpdateInfo(update, sink);
  const [head, , tail] = sink.pieces() as [string, FragmentRef, string];
  return { head, tail };
}

/** A fault for an operation that was understood; goes out with status 500 ([MS-WUSP] 2.2.2.4). */
export function faultOf(operation: WuspOperation, errorCode: FaultCode, id: string, message?: string): WuspFault {
  return { errorCode, ...(message === undefined ? {} : { message }), id, method: OPERATIONS[operation].soapAction };
}

/** The body of a fault, in the look of the service that refuses. */
export function writeFault(fault: WuspFault, { framing }: Service, version: SoapVersion = '1.1'): string {
  return writeFaultEnvelope(
    {
      blames: SERVER_FAULTS.has(fault.errorCode) ? 'Server' : 'Client',
      reason: 'Fault occurred',
      detail: [
        ['ErrorCode', fault.errorCode],
        ['Message', fault.message ?? ''],
        ['ID', fault.id],
        ['Method', `"${fault.method}"`],
      ],
    },
    framing,
    version,
  );
}

const SERVER_FAULTS: ReadonlySet<FaultCode> = new Set(['InternalServerError']);
