import { ENVELOPE } from '#protocol/soap/envelope.ts';
import type { Codec } from '#protocol/xml/codec.ts';
import { createSink } from '#protocol/xml/sink.ts';
import { OPERATIONS } from './operations.ts';
import { REQUEST_CODECS } from './request-codecs.ts';
import type { WuspRequest } from './types.ts';

/** The body of a request as the agents of Windows 10 and later write it: SOAP 1.1, prefix `s`, no declaration, absent values left out. */
export function writeRequest(request: WuspRequest): string {
  const { operation } = request;
  const sink = createSink();
  sink.open(`s:Envelope xmlns:s="${ENVELOPE['1.1']}"`);
  sink.open('s:Body');
  sink.open(`${operation} xmlns="${OPERATIONS[operation].namespace}"`);
  // The table pairs each operation with the codec of its own content; only the pairing is lost on the compiler.
  (REQUEST_CODECS[operation] as Codec<object>).write(request, sink);
  sink.close(operation);
  sink.close('s:Body');
  sink.close('s:Envelope');
  return sink.pieces().join('');
}
