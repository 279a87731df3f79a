import type { UpdateId } from '#domain/catalogue/revision.ts';
import type { UpdateState } from '#domain/status/event-state.ts';

/** What a status report (event 156) says: one state for each update that the agent found applicable; every other is not applicable. */
export interface StatusReport {
  readonly states: ReadonlyMap<UpdateId, UpdateState>;
  /** Entries that were no GUIDs, and those beyond the limit. */
  readonly ignored: number;
}

/** More updates than any catalogue offers to one server: what a hostile agent invents beyond is not kept. */
export const MOST_UPDATES = 20_000;

/** The lists of MiscData in rising precedence: an update that is in several has the state of the last. Tags are case-sensitive. */
const LISTS: ReadonlyMap<string, UpdateState> = new Map([
  ['U=', 'needed'],
  ['V=', 'installed'],
  ['h=', 'downloaded'],
  ['g=', 'failed'],
  ['W=', 'pending-restart'],
]);
const PRECEDENCE: readonly UpdateState[] = [...LISTS.values()];

const GUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

/**
 * Reads the MiscData of a status report: `tag=value` strings, of which `U`, `V`, `W`, `g`, `h` are lists of update GUIDs with `;` between
 * them. Anything else is ignored; garbage in a list is ignored and counted. The order of the strings does not matter.
 */
export function readStatusReport(miscData: readonly string[]): StatusReport {
  const states = new Map<UpdateId, UpdateState>();
  let ignored = 0;
  for (const datum of miscData) {
    const state = LISTS.get(datum.slice(0, 2));
    if (!state) continue;
    for (const entry of entries(datum)) {
      const id = entry.toLowerCase();
      const known = states.get(id);
      if (!GUID.test(id) || (known === undefined && states.size >= MOST_UPDATES)) ignored++;
      else if (known === undefined || PRECEDENCE.indexOf(state) > PRECEDENCE.indexOf(known)) states.set(id, state);
    }
  }
  return { states, ignored };
}

/** True for a MiscData string that `readStatusReport` takes into the server's state, and that need not be kept a second time. */
export function isStatusList(datum: string): boolean {
  return LISTS.has(datum.slice(0, 2));
}

/** The entries of a list one by one, without their white space, so that a list of any length costs no array. */
function* entries(datum: string): Generator<string> {
  for (let from = 2; from < datum.length; ) {
    const found = datum.indexOf(';', from);
    const to = found < 0 ? datum.length : found;
    const entry = datum.slice(from, to).trim();
    if (entry) yield entry;
    from = to + 1;
  }
}
