import type { Plan } from '#domain/calendar/plan.ts';

/**
 * The whole local hour at which one server of a nightly plan begins, 1–4: spread over the slot by a stable hash of `seed` (the
 * server's id), so that a region's servers do not all begin at once. Hours from which the run would not end in the slot are not used.
 */
export function nightlyHour(plan: Plan, seed: string): number {
  const hours = Math.floor((plan.windowMinutes - plan.runMinutes) / 60) + 1;
  return plan.hour + (fnv1a(seed) % hours);
}

/** 32-bit FNV-1a over UTF-16 code units. */
function fnv1a(text: string): number {
  let hash = 0x811c9dc5;
  for (let n = 0; n < text.length; n += 1) {
    hash = Math.imul(hash ^ text.charCodeAt(n), 0x01000193) >>> 0;
  }
  return hash;
}
