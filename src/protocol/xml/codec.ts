import { XmlRefusal } from './read.ts';
import type { Sink } from './sink.ts';

/** How the content of an element becomes a value, and a value the content of an element. Reads `Out`, writes `In`. */
export interface Codec<Out, In = Out> {
  begin(deliver: (value: Out) => void): Frame;
  write(value: In, sink: Sink): void;
  /** It reads the digits of a whole number as that number. */
  readonly readsInts?: boolean;
}

/** Takes the content of one element after the other; after `close` it is ready for the next. Refuses by throwing `XmlRefusal`. */
export interface Frame {
  /** The frame for a child; undefined: the child is of no interest and is skipped with all that is in it. */
  open(name: string, nil: boolean): Frame | undefined;
  text(piece: string): void;
  close(): void;
  /** Takes a child `<int>` whole; without it the child is opened like any other. */
  int?(value: number): void;
  /** Name of the child that is being read or missed, where children have a meaning by name. */
  readonly at?: string | undefined;
}

/** Text of at most `maxLength` UTF-16 units that `parse` understands; undefined from `parse` refuses it. `expected` completes "not …". */
export function scalar<T>(
  expected: string,
  maxLength: number,
  parse: (text: string) => T | undefined,
  format: (value: T) => string,
): Codec<T> {
  return {
    begin(deliver) {
      let text = '';
      return {
        open: () => refuse(`not ${expected}: it has elements`),
        text(piece) {
          if (text.length + piece.length > maxLength) refuse(`longer than ${maxLength} characters`);
          text += piece;
        },
        close() {
          const value = parse(text);
          text = '';
          deliver(value === undefined ? refuse(`not ${expected}`) : value);
        },
      };
    },
    write: (value, sink) => sink.text(format(value)),
  };
}

/** A child of a record. */
interface Field<Presence, Out, In> {
  readonly presence: Presence;
  readonly names: readonly string[];
  readonly codec: Codec<Out, In>;
}

/** Must be there. Read under each of the names, written under the first. */
export function required<Out, In = Out>(
  name: string,
  codec: Codec<Out, In>,
  ...aliases: string[]
): Field<'required', Out, In> {
  return { presence: 'required', names: [name, ...aliases], codec };
}

/** May be absent or `xsi:nil`; the codec too may read "no value". Read under each of the names, written under the first. */
export function optional<Out, In = Out>(
  name: string,
  codec: Codec<Out | undefined, In>,
  ...aliases: string[]
): Field<'optional', Out, In> {
  return { presence: 'optional', names: [name, ...aliases], codec: codec as Codec<Out, In> };
}

/** An array for which absent and empty are the same: read as empty, left out in writing. */
export function array<Out, In = Out>(name: string, codec: Codec<Out, In>): Field<'array', Out, In> {
  return { presence: 'array', names: [name], codec };
}

/** A child that is always written, whose codec may read and write "no value". */
export function always<T>(name: string, codec: Codec<T | undefined>): Field<'always', T, T> {
  return { presence: 'always', names: [name], codec: codec as Codec<T> };
}

type FieldFor<Out, In, K extends keyof Out & keyof In> =
  object extends Pick<Out, K>
    ? Field<'optional' | 'always', Exclude<Out[K], undefined>, Exclude<In[K], undefined>>
    : Field<'required' | 'array', Out[K], In[K]>;

/** A structure: one field for each property, in the order of the wire. Elements without a field are ignored, whatever their order. */
export function record<Out extends object, In extends object = Out>(
  fields: {
    readonly [K in keyof Out & keyof In]-?: FieldFor<Out, In, K>;
  },
): Codec<Out, In> {
  const entries = Object.entries<Field<string, unknown, unknown>>(fields);
  const byName = new Map(entries.flatMap(([, { names }], index) => names.map((name) => [name, index])));
  return {
    begin: (deliver) => recordFrame(entries, byName, deliver),
    write: (value, sink) => writeRecord(entries, value, sink),
  };
}

type Entries = readonly (readonly [property: string, Field<string, unknown, unknown>])[];

function recordFrame<Out>(entries: Entries, byName: ReadonlyMap<string, number>, deliver: (value: Out) => void): Frame {
  let value: Record<string, unknown> = {};
  let at: string | undefined;
  const seen = new Set<number>();
  const frames: Frame[] = [];

  function begin(index: number): Frame {
    const [property, { codec }] = entries[index] as Entries[number];
    return codec.begin((read) => assign(property, read));
  }

  function assign(property: string, read: unknown): void {
    if (read !== undefined) value[property] = read;
  }

  return {
    get at() {
      return at;
    },
    open(name, nil) {
      const index = byName.get(name);
      if (index === undefined) return undefined;
      at = name;
      if (seen.has(index)) refuse('given twice');
      seen.add(index);
      if (nil) return undefined;
      frames[index] ??= begin(index);
      return frames[index];
    },
    text() {},
    close() {
      for (const [property, { presence, names }] of entries) {
        if (value[property] !== undefined) continue;
        at = names[0];
        if (presence === 'required') refuse('missing');
        if (presence === 'array') value[property] = [];
      }
      const complete = value as Out;
      value = {};
      seen.clear();
      at = undefined;
      deliver(complete);
    },
  };
}

function writeRecord(entries: Entries, value: object, sink: Sink): void {
  for (const [property, { presence, names, codec }] of entries) {
    const content = (value as Record<string, unknown>)[property];
    if (content === undefined && presence !== 'always') continue;
    if (presence === 'array' && (content as readonly unknown[]).length === 0) continue;
    const name = names[0] as string;
    sink.open(name);
    codec.write(content, sink);
    sink.close(name);
  }
}

/** An array whose items are elements named `item`; at most `max`. An item that is `xsi:nil` reads as `nil`, or not at all. */
export function list<Out, In = Out>(
  item: string,
  codec: Codec<Out, In>,
  max: number,
  nil?: Out,
): Codec<readonly Out[], readonly In[]> {
  return {
    begin(deliver) {
      let values: Out[] = [];
      const frame = codec.begin((value) => values.push(value));
      function checkCount(): void {
        if (values.length >= max) refuse(`more than ${max} of ${item}`);
      }
      return {
        open(name, isNil) {
          if (name !== item) return undefined;
          checkCount();
          if (!isNil) return frame;
          if (nil !== undefined) values.push(nil);
          return undefined;
        },
        text() {},
        close() {
          const complete = values;
          values = [];
          deliver(complete);
        },
        ...(codec.readsInts && item === 'int' ? { int } : {}),
      };
      function int(value: number): void {
        checkCount();
        values.push(value as Out);
      }
    },
    write(values, sink) {
      for (const value of values) {
        sink.open(item);
        codec.write(value, sink);
        sink.close(item);
      }
    },
  };
}

/** Only how many elements named `item` there are. */
export function count(item: string, max: number): Codec<number> {
  return {
    begin(deliver) {
      let found = 0;
      return {
        open(name) {
          if (name === item) found += 1;
          if (found > max) refuse(`more than ${max} of ${item}`);
          return undefined;
        },
        text() {},
        close() {
          const total = found;
          found = 0;
          deliver(total);
        },
      };
    },
    write(total, sink) {
      for (let n = 0; n < total; n++) {
        sink.open(item);
        sink.close(item);
      }
    },
  };
}

/** The same content under another type. `read` may refuse. */
export function mapped<A, B>(codec: Codec<A>, read: (value: A) => B, write: (value: B) => A): Codec<B> {
  return {
    begin: (deliver) => codec.begin((value) => deliver(read(value))),
    write: (value, sink) => codec.write(write(value), sink),
  };
}

/** Ends the reading of a document; the message completes "parameter X: …". */
export function refuse(message: string): never {
  throw new XmlRefusal(message);
}
