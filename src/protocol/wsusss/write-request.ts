import { REQUEST_CODECS } from './request-codecs.ts';
import type { WsusssRequest } from './types.ts';
import { writeMessage } from './write-message.ts';

/** The body of a request in SOAP 1.1, elements in the order of the WSDL, absent values and empty arrays left out. */
export function writeWsusssRequest(request: WsusssRequest): string {
  const { operation } = request;
  return writeMessage(operation, operation, REQUEST_CODECS[operation], request, '1.1');
}
