// How LZX names the offset of a match ([MS-PATCH] 2.5): by a slot, and by some bits that follow.

/** Of these 17 follow at most. */
const MAX_FOOTER_BITS = 17;
const MAX_SLOTS = 50;
const SLOTS_BY_WINDOW_BITS: readonly number[] = [30, 32, 34, 36, 38, 42, 50];

/** Windows have 2^15 to 2^21 bytes. */
export function slotsFor(windowBits: number): number {
  return SLOTS_BY_WINDOW_BITS[windowBits - 15] as number;
}

/** The first slots stand for the last three offsets. */
export const REPEATED_OFFSETS = 3;

/** How many bits follow a slot. */
export const FOOTER_BITS: Uint8Array = Uint8Array.from({ length: MAX_SLOTS }, (_, slot) =>
  slot < 4 ? 0 : Math.min((slot >> 1) - 1, MAX_FOOTER_BITS),
);

/** The smallest offset that a slot stands for, plus 2. */
export const SLOT_BASE: Uint32Array = slotBases();

function slotBases(): Uint32Array {
  const bases = new Uint32Array(MAX_SLOTS);
  for (let slot = 1; slot < MAX_SLOTS; slot++)
    bases[slot] = (bases[slot - 1] as number) + 2 ** (FOOTER_BITS[slot - 1] as number);
  return bases;
}
