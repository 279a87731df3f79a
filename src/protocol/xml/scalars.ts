import { type Codec, scalar } from './codec.ts';
import { instantFrom, isGuid } from './lexical.ts';

const same = (value: string): string => value;

/** Any text, white space kept. */
export function text(maxLength: number): Codec<string> {
  return scalar('text', maxLength, same, same);
}

/** Text of this pattern, once trimmed. `expected` completes "not …". */
export function pattern(expected: string, maxLength: number, form: RegExp): Codec<string> {
  return scalar(
    expected,
    maxLength,
    (raw) => {
      const value = raw.trim();
      return form.test(value) ? value : undefined;
    },
    same,
  );
}

/** One of the names, as an XSD enumeration has them. */
export function oneOf<const Name extends string>(names: readonly Name[]): Codec<Name> {
  return scalar(
    `one of ${names.join(', ')}`,
    64,
    (raw) => names.find((name) => name === raw.trim()),
    (name) => name,
  );
}

/** `xs:int`. The narrower types are read by it too: a range check of our own would only lock out agents. */
export const int: Codec<number> = {
  ...scalar('an integer of 32 bits', 32, (raw) => integer(raw, -0x8000_0000, 0x7fff_ffff), String),
  readsInts: true,
};

/** `xs:unsignedByte`. */
export const unsignedByte: Codec<number> = scalar('an integer of 0 to 255', 32, (raw) => integer(raw, 0, 255), String);

/** HRESULT in decimal, signed or not; read as signed. */
export const hresult: Codec<number> = scalar(
  'an HRESULT',
  32,
  (raw) => {
    const value = integer(raw, -0x8000_0000, 0xffff_ffff);
    return value === undefined ? undefined : value | 0;
  },
  String,
);

function integer(raw: string, min: number, max: number): number | undefined {
  const value = /^\s*[+-]?[0-9]{1,10}\s*$/.test(raw) ? Number(raw) : Number.NaN;
  return value >= min && value <= max ? value : undefined;
}

/** `xs:boolean`. */
export const boolean: Codec<boolean> = scalar(
  'a boolean',
  32,
  (raw) => {
    const value = raw.trim();
    if (value === 'true' || value === '1') return true;
    return value === 'false' || value === '0' ? false : undefined;
  },
  String,
);

/** A GUID; any letter case is read as lower case. */
export const guid: Codec<string> = scalar(
  'a GUID',
  64,
  (raw) => {
    const value = raw.trim().toLowerCase();
    return isGuid(value) ? value : undefined;
  },
  same,
);

/** Base64 that only its maker understands: kept as text, without white space. */
export function opaque(maxLength: number): Codec<string> {
  return scalar('base64', maxLength, (raw) => raw.replace(/\s+/g, ''), same);
}

/** `xs:base64Binary` of a SHA-1 digest, 20 bytes; in memory lower-case hex. */
export const sha1: Codec<string> = scalar(
  'the base64 of 20 bytes',
  64,
  (raw) => {
    const value = raw.trim();
    return /^[A-Za-z0-9+/]{27}=$/.test(value) ? Uint8Array.fromBase64(value).toHex() : undefined;
  },
  (hex) => Uint8Array.fromHex(hex).toBase64(),
);

/** `xs:dateTime`; one without a zone is UTC. Written in UTC with at most the 7 digits that .NET keeps. */
export const dateTime: Codec<Temporal.Instant> = scalar('a date and time', 64, instantOf, formatInstant);

/** Whatever firmware calls a date: what is none reads as absent. */
export const lenientDateTime: Codec<Temporal.Instant | undefined, Temporal.Instant> = {
  begin(deliver) {
    let raw = '';
    return {
      open: () => undefined,
      text(piece) {
        if (raw.length < 64) raw += piece;
      },
      close() {
        const value = instantOf(raw);
        raw = '';
        deliver(value);
      },
    };
  },
  write: (value, sink) => sink.text(formatInstant(value)),
};

function instantOf(raw: string): Temporal.Instant | undefined {
  return instantFrom(raw.trim());
}

function formatInstant(instant: Temporal.Instant): string {
  return instant.round({ smallestUnit: 'nanosecond', roundingIncrement: 100, roundingMode: 'floor' }).toString();
}
