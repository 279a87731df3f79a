import type { SoapVersion } from '#protocol/soap/envelope.ts';
import { writeFaultEnvelope } from '#protocol/soap/fault.ts';
import type { Codec } from '#protocol/xml/codec.ts';
import { WSUSSS_OPERATIONS } from './operations.ts';
import { RESPONSE_CODECS } from './response-codecs.ts';
import type { WsusssFault, WsusssResponse } from './types.ts';
import { writeMessage } from './write-message.ts';

/** The body of a response, elements in the order of the WSDL, empty arrays left out. */
export function writeWsusssResponse(response: WsusssResponse, version: SoapVersion = '1.1'): string {
  const { operation } = response;
  // The table pairs each operation with the codec of its own content; only the pairing is lost on the compiler.
  const codec = RESPONSE_CODECS[operation] as Codec<object>;
  return writeMessage(operation, `${operation}Response`, codec, response, version);
}

/** The body of a fault; goes out with status 500 ([MS-WSUSSS] 2.2.9). */
export function writeWsusssFault(fault: WsusssFault, version: SoapVersion = '1.1'): string {
  return writeFaultEnvelope(
    {
      blames: BLAMES_SERVER.has(fault.errorCode) ? 'Server' : 'Client',
      reason: 'Fault occurred',
      detail: [
        ['ErrorCode', fault.errorCode],
        ['Message', fault.message ?? ''],
        ['ID', fault.id],
        ['Method', `"${fault.method}"`],
      ],
    },
    WSUSSS_OPERATIONS.GetCookie.framing,
    version,
  );
}

const BLAMES_SERVER: ReadonlySet<WsusssFault['errorCode']> = new Set(['InternalServerError', 'ServerBusy']);
