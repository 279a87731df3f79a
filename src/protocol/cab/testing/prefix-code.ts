/** A code of the packer: for each symbol the length of its code (0: none) and the code. */
export interface PrefixCode {
  readonly lengths: readonly number[];
  readonly codes: readonly number[];
}

/** A complete code for symbols of these frequencies, no code longer than `maxLength`. Never a single code: decoders know no such tree. */
export function prefixCode(frequencies: readonly number[], maxLength: number): PrefixCode {
  let weights = atLeastTwo(frequencies);
  let lengths = depths(weights);
  while (Math.max(...lengths) > maxLength) {
    weights = weights.map((weight) => Math.ceil(weight / 2));
    lengths = depths(weights);
  }
  return { lengths, codes: canonical(lengths) };
}

function atLeastTwo(frequencies: readonly number[]): readonly number[] {
  const used = frequencies.filter((frequency) => frequency > 0).length;
  if (used !== 1) return frequencies;
  const spare = frequencies[0] === 0 ? 0 : 1;
  return frequencies.map((frequency, symbol) => (symbol === spare ? 1 : frequency));
}

/** The depth of each symbol in a tree of Huffman's. */
function depths(weights: readonly number[]): number[] {
  const lengths = weights.map(() => 0);
  const nodes = weights
    .map((weight, symbol) => ({ weight, symbols: [symbol] }))
    .filter(({ weight }) => weight > 0)
    .sort((a, b) => b.weight - a.weight);
  for (let a = nodes.pop(), b = nodes.pop(); a && b; a = nodes.pop(), b = nodes.pop()) {
    const merged = { weight: a.weight + b.weight, symbols: [...a.symbols, ...b.symbols] };
    for (const symbol of merged.symbols) lengths[symbol] = (lengths[symbol] ?? 0) + 1;
    const place = nodes.findIndex(({ weight }) => weight <= merged.weight);
    nodes.splice(place < 0 ? nodes.length : place, 0, merged);
  }
  return lengths;
}

/** Codes in the order of their lengths, then of their symbols. */
export function canonical(lengths: readonly number[]): number[] {
  const codes = lengths.map(() => 0);
  let code = 0;
  for (let length = 1; length <= 16; length++) {
    code *= 2;
    lengths.forEach((own, symbol) => {
      if (own === length) codes[symbol] = code++;
    });
  }
  return codes;
}
