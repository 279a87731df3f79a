import { type Codec, optional, record } from '#protocol/xml/codec.ts';
import { escapeText } from '#protocol/xml/escape.ts';
import { text } from '#protocol/xml/scalars.ts';
import { type BodyName, ENVELOPE, envelope, type Framing, type SoapVersion } from './envelope.ts';

/** A SOAP fault as this protocol family uses it ([MS-WUSP] 2.2.2.4, [MS-WSUSSS] 2.2.9): what counts is in the detail, unqualified. */
export interface SoapFault {
  /** Who is to blame. `Server` becomes `Receiver` in SOAP 1.2, `Client` becomes `Sender`. */
  readonly blames: 'Client' | 'Server';
  readonly reason: string;
  /** Children of the detail, in order. */
  readonly detail: readonly (readonly [name: string, value: string])[];
}

/** The whole envelope of a fault. */
export function writeFaultEnvelope(fault: SoapFault, framing: Framing, version: SoapVersion): string {
  const [head, tail] = envelope(framing, version, 'fault');
  const prefix = framing === 'asmx' ? 'soap' : 's';
  const detail = fault.detail.map(([name, value]) => element(name, escapeText(value))).join('');
  const reason = escapeText(fault.reason);
  const content =
    version === '1.1'
      ? `<faultcode>${prefix}:${fault.blames}</faultcode><faultstring>${reason}</faultstring><detail>${detail}</detail>`
      : modernFault(prefix, fault.blames, reason, detail);
  return `${head}<${prefix}:Fault>${content}</${prefix}:Fault>${tail}`;
}

function modernFault(prefix: string, blames: SoapFault['blames'], reason: string, detail: string): string {
  const code = `<${prefix}:Code><${prefix}:Value>${prefix}:${blames === 'Client' ? 'Sender' : 'Receiver'}</${prefix}:Value></${prefix}:Code>`;
  const text = `<${prefix}:Reason><${prefix}:Text xml:lang="en">${reason}</${prefix}:Text></${prefix}:Reason>`;
  return `${code}${text}<Detail>${detail}</Detail>`;
}

function element(name: string, escaped: string): string {
  return escaped === '' ? `<${name}/>` : `<${name}>${escaped}</${name}>`;
}

/** What a client finds in a fault; servers that are not of the family leave the detail out. */
export interface ReceivedFault {
  readonly faultString?: string;
  /** The reason as SOAP 1.2 has it. */
  readonly reason?: { readonly text?: string };
  readonly detail?: {
    readonly errorCode?: string;
    readonly message?: string;
    readonly id?: string;
    readonly method?: string;
  };
}

export function isFault({ name, namespace }: BodyName, version: SoapVersion): boolean {
  return name === 'Fault' && namespace === ENVELOPE[version];
}

const MAX_REASON = 64 * 1024;

const DETAIL = record<NonNullable<ReceivedFault['detail']>>({
  errorCode: optional('ErrorCode', text(256)),
  message: optional('Message', text(MAX_REASON)),
  id: optional('ID', text(256)),
  method: optional('Method', text(1024)),
});

/** Reads the faults of both versions of SOAP. */
export const FAULT: Codec<ReceivedFault> = record<ReceivedFault>({
  faultString: optional('faultstring', text(MAX_REASON)),
  reason: optional(
    'Reason',
    record<NonNullable<ReceivedFault['reason']>>({ text: optional('Text', text(MAX_REASON)) }),
  ),
  detail: optional('detail', DETAIL, 'Detail'),
});
