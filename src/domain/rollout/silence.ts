import { isBefore, later } from '#domain/instants.ts';

/** A server that was not heard of for so long would hold a seat for nothing. */
const SILENT = { hours: 60 };

/** When a server was last heard of. */
export interface Contact {
  readonly lastSeen: Temporal.Instant;
  /** When its settings task came last; null: never. */
  readonly settingsAt: Temporal.Instant | null;
}

/** Why a server gets no turn although nothing holds it: it is silent. Undefined where it is not. */
export function silenceOf({ lastSeen, settingsAt }: Contact, at: Temporal.Instant): string | undefined {
  const heard = settingsAt ? later(lastSeen, settingsAt) : lastSeen;
  return isBefore(at, heard.add(SILENT)) ? undefined : `No turn: it was not heard of since ${heard}.`;
}
