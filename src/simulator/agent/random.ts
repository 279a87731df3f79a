/** A stream of random numbers that a seed determines, so that a simulation can be repeated exactly. */
export interface Random {
  /** Uniform in [0, 1). */
  fraction(): number;
  /** A whole number, uniform in [from, to]. */
  between(from: number, to: number): number;
  /** A version 4 GUID in upper case, as Windows writes it in events. */
  guid(): string;
  /** The same items in random order. */
  shuffle<Item>(items: readonly Item[]): Item[];
}

/** A generator (sfc32) seeded by a text, e.g. a server's name. Not for secrets. */
export function createRandom(seed: string): Random {
  const state = seedState(seed);
  for (let round = 0; round < 12; round++) nextWord(state);
  const fraction = () => nextWord(state) / 0x1_0000_0000;
  const between = (from: number, to: number) => from + Math.floor(fraction() * (to - from + 1));
  return { fraction, between, guid: () => guid(between), shuffle: (items) => shuffle(items, between) };
}

function seedState(seed: string): Uint32Array {
  const state = new Uint32Array([0x9e3779b9, 0x243f6a88, 0xb7e15162, 1]);
  for (let index = 0; index < seed.length; index++) {
    const word = index % 3;
    // FNV-1a, one lane a word of the state.
    state[word] = Math.imul((state[word] ?? 0) ^ seed.charCodeAt(index), 0x01000193);
  }
  return state;
}

function nextWord(state: Uint32Array): number {
  const [a = 0, b = 0, c = 0, counter = 0] = state;
  const word = (a + b + counter) >>> 0;
  state[3] = counter + 1;
  state[0] = b ^ (b >>> 9);
  state[1] = c + (c << 3);
  state[2] = ((c << 21) | (c >>> 11)) + word;
  return word;
}

function guid(between: Random['between']): string {
  const digits = Array.from({ length: 32 }, () => between(0, 15).toString(16));
  digits[12] = '4';
  digits[16] = '89ab'[between(0, 3)] ?? '8';
  const text = digits.join('').toUpperCase();
  return [text.slice(0, 8), text.slice(8, 12), text.slice(12, 16), text.slice(16, 20), text.slice(20)].join('-');
}

function shuffle<Item>(items: readonly Item[], between: Random['between']): Item[] {
  const keyed = items.map((item) => ({ item, key: between(0, 0x7fff_ffff) }));
  return keyed.sort((left, right) => left.key - right.key).map(({ item }) => item);
}
