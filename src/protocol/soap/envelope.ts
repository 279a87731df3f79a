import type { Codec, Frame } from '#protocol/xml/codec.ts';
import { readXml, type XmlFailure, type XmlLimits, XmlRefusal } from '#protocol/xml/read.ts';

export type SoapVersion = '1.1' | '1.2';

/** Namespace of the envelope. */
export const ENVELOPE: Readonly<Record<SoapVersion, string>> = {
  '1.1': 'http://schemas.xmlsoap.org/soap/envelope/',
  '1.2': 'http://www.w3.org/2003/05/soap-envelope',
};

/** The name of the element that says what a message is. */
export interface BodyName {
  readonly name: string;
  readonly namespace: string;
}

export interface Message<T> {
  readonly ok: true;
  readonly version: SoapVersion;
  readonly value: T;
}

export interface MessageFailure {
  readonly ok: false;
  /** `1.1` where reading ended before it was known. */
  readonly version: SoapVersion;
  /** Of the first element in the body, once it was seen. */
  readonly body?: BodyName;
  readonly message: string;
  /** Path of the parameter that was refused, from the body's element down, e.g. `cookie.Expiration`. */
  readonly parameter?: string;
  /** Line and column, for whoever has the document before him. */
  readonly place: string;
}

/**
 * Reads a SOAP message without headers, document/literal: the first element inside `Body` is the message, and `choose` says how to read
 * it; undefined refuses it. Whatever else is in the envelope is skipped. Never throws.
 */
export function readEnvelope<T>(
  source: string | Uint8Array,
  choose: (body: BodyName, version: SoapVersion) => Codec<T, never> | undefined,
  limits: XmlLimits,
): Message<T> | MessageFailure {
  const reading = messageHandler(choose);
  const outcome = readXml(source, reading.handler, limits);
  const { version, body, value } = reading.found();
  if (outcome.ok && value) return { ok: true, version: version ?? '1.1', value: value.value };
  const failure: Omit<XmlFailure, 'ok' | 'code'> = outcome.ok ? NO_MESSAGE : outcome;
  const parameter = !outcome.ok && outcome.code === 'refused' ? reading.path() : '';
  return {
    ok: false,
    version: version ?? '1.1',
    ...(body ? { body } : {}),
    message: failure.message,
    ...(parameter ? { parameter } : {}),
    place: `line ${failure.line}, column ${failure.column}`,
  };
}

const NO_MESSAGE = { message: 'no message in the body', line: 1, column: 1 };

/** Follows a document into the body of its envelope, and there hands it to the codec's frames. */
function messageHandler<T>(choose: (body: BodyName, version: SoapVersion) => Codec<T, never> | undefined) {
  /** How many of `Envelope` and `Body` are open. */
  let outer = 0;
  let skipped = 0;
  let version: SoapVersion | undefined;
  let body: BodyName | undefined;
  let value: { readonly value: T } | undefined;
  const frames: Frame[] = [];

  function openOuter(name: string, namespace: string): void {
    if (outer === 0) {
      version = versionOf(namespace);
      if (name !== 'Envelope' || !version) throw new XmlRefusal('not a SOAP envelope');
      outer = 1;
    } else if (outer === 1 && version && name === 'Body' && namespace === ENVELOPE[version]) {
      outer = 2;
    } else if (outer === 2 && version && !body) {
      body = { name, namespace };
      const codec = choose(body, version);
      if (!codec) throw new XmlRefusal(`unknown message ${name}`);
      frames.push(
        codec.begin((read) => {
          value = { value: read };
        }),
      );
    } else {
      skipped = 1;
    }
  }

  function open(name: string, namespace: string, nil: boolean): void {
    if (skipped > 0) {
      skipped += 1;
      return;
    }
    const frame = frames.at(-1);
    if (!frame) {
      openOuter(name, namespace);
      return;
    }
    const child = frame.open(name, nil);
    if (child) frames.push(child);
    else skipped = 1;
  }

  function close(): void {
    if (skipped > 0) {
      skipped -= 1;
      return;
    }
    const frame = frames.at(-1);
    if (frame) {
      frame.close();
      frames.pop();
    } else if (outer === 2) {
      outer = 1;
    } else {
      outer = 0;
    }
  }

  return {
    handler: {
      open,
      text(piece: string) {
        if (skipped === 0) frames.at(-1)?.text(piece);
      },
      close,
      int(value: number, namespace: string) {
        if (skipped > 0) return;
        const frame = frames.at(-1);
        if (frame?.int) {
          frame.int(value);
          return;
        }
        open('int', namespace, false);
        if (skipped === 0) frames.at(-1)?.text(String(value));
        close();
      },
    },
    found: () => ({ version, body, value }),
    path: () => frames.flatMap(({ at }) => at ?? []).join('.'),
  };
}

function versionOf(namespace: string): SoapVersion | undefined {
  if (namespace === ENVELOPE['1.1']) return '1.1';
  return namespace === ENVELOPE['1.2'] ? '1.2' : undefined;
}

/** The two looks of real servers: the client service is WCF, the others are ASMX. Agents do not care, but are given what they know. */
export type Framing = 'wcf' | 'asmx';

/** What stands before and after a message of a server. Faults of WCF declare no schema namespaces. */
export function envelope(
  framing: Framing,
  version: SoapVersion,
  content: 'message' | 'fault',
): [head: string, tail: string] {
  const ns = ENVELOPE[version];
  if (framing === 'asmx') {
    return [
      `<?xml version="1.0" encoding="utf-8"?><soap:Envelope xmlns:soap="${ns}"${SCHEMA_NAMESPACES}><soap:Body>`,
      '</soap:Body></soap:Envelope>',
    ];
  }
  const declared = content === 'message' ? SCHEMA_NAMESPACES : '';
  return [`<s:Envelope xmlns:s="${ns}"><s:Body${declared}>`, '</s:Body></s:Envelope>'];
}

const SCHEMA_NAMESPACES =
  ' xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xmlns:xsd="http://www.w3.org/2001/XMLSchema"';
