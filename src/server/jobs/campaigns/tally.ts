import type { Json } from '#domain/evidence/canonical-json.ts';

/** What a sweep did to a campaign, for the record: counts, and some of the names. */
export interface Tally {
  /** Notes that something happened to servers. */
  count(what: TallyKind, names: readonly string[]): void;
  /** Notes a line about the campaign itself. */
  line(text: string): void;
  /** Undefined when nothing happened. */
  facts(): Json | undefined;
}

export type TallyKind = 'told' | 'verified' | 'failed' | 'not-needed' | 'waiting-again' | 'joined' | 'left';

/** Names and lines that an entry quotes at most; the rest is counted. */
const QUOTED = 20;
const MOST_LINES = 50;

export function makeTally(): Tally {
  const counts = new Map<TallyKind, { servers: number; names: string[] }>();
  const lines: string[] = [];
  return {
    count(what, names) {
      if (names.length === 0) return;
      const known = counts.get(what) ?? { servers: 0, names: [] };
      known.servers += names.length;
      known.names.push(...names.slice(0, QUOTED - known.names.length));
      counts.set(what, known);
    },
    line(text) {
      lines.push(text);
    },
    facts() {
      if (counts.size === 0 && lines.length === 0) return undefined;
      return { ...Object.fromEntries(counts), lines: lines.slice(0, MOST_LINES) };
    },
  };
}
