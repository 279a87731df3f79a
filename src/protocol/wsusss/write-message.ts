import { envelope, type SoapVersion } from '#protocol/soap/envelope.ts';
import type { Codec } from '#protocol/xml/codec.ts';
import { createSink } from '#protocol/xml/sink.ts';
import { WSUSSS_OPERATIONS } from './operations.ts';
import type { WsusssOperation } from './types.ts';

/** The envelope with a message of an operation in it: `element` is the operation's name, or that of its response. */
export function writeMessage<T extends object>(
  operation: WsusssOperation,
  element: string,
  codec: Codec<T>,
  value: T,
  version: SoapVersion,
): string {
  const { namespace, framing } = WSUSSS_OPERATIONS[operation];
  const [head, tail] = envelope(framing, version, 'message');
  const sink = createSink();
  sink.open(`${element} xmlns="${namespace}"`);
  codec.write(value, sink);
  sink.close(element);
  return `${head}${sink.pieces().join('')}${tail}`;
}
