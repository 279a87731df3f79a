import type { Freeze, OneOffWindow, PlanCalendar } from '#domain/calendar/plan.ts';
import { memoised } from '#domain/catalogue/memo.ts';
import type { Pausable, PauseScope } from '#domain/exception/hold.ts';
import type { LocalSpan } from '#domain/fleet/inventory.ts';

/** A freeze and whom it reaches. */
export interface ScopedFreeze extends Freeze {
  readonly scope: PauseScope;
}

/** A one-off window and whom it reaches. */
export interface ScopedOneOff extends OneOffWindow {
  readonly scope: PauseScope;
}

/** The freezes and one-off windows of all customers; immutable, swapped whole when one changes. */
export interface Calendars {
  readonly freezes: readonly ScopedFreeze[];
  readonly oneOff: readonly ScopedOneOff[];
}

/** What of a server the calendars look at. */
export interface Scheduled extends Pausable {
  /** When it may be restarted at all; absent: at any time. */
  readonly hours?: readonly LocalSpan[];
}

/**
 * What of the calendars reaches a server; undefined when nothing does. Servers that the same calendars reach, and that have no hours of
 * their own, are given the same object.
 */
export function calendarFor(calendars: Calendars, server: Scheduled): PlanCalendar | undefined {
  const shared = reaching(calendars, server);
  if (!server.hours || server.hours.length === 0) return shared;
  return { ...(shared ?? NOTHING), hours: server.hours };
}

const NOTHING: PlanCalendar = { freezes: [], oneOff: [] };

interface Index {
  readonly byScope: ReadonlyMap<string, PlanCalendar>;
  /** What was put together before, by the scopes that it comes from. */
  readonly joined: Map<string, PlanCalendar>;
}

function reaching(calendars: Calendars, server: Pausable): PlanCalendar | undefined {
  const { byScope, joined } = indexOf(calendars);
  if (byScope.size === 0) return undefined;
  const keys = scopesOf(server)
    .map(keyOf)
    .filter((key) => byScope.has(key));
  if (keys.length <= 1) return keys[0] === undefined ? undefined : byScope.get(keys[0]);
  const name = keys.join('\n');
  const known = joined.get(name);
  if (known) return known;
  const parts = keys.map((key) => byScope.get(key) ?? NOTHING);
  const calendar = {
    freezes: parts.flatMap(({ freezes }) => freezes),
    oneOff: parts.flatMap(({ oneOff }) => oneOff),
  };
  joined.set(name, calendar);
  return calendar;
}

const indexOf = memoised((calendars: Calendars): Index => {
  const byScope = new Map<string, { freezes: Freeze[]; oneOff: OneOffWindow[] }>();
  const at = (scope: PauseScope) => {
    const key = keyOf(scope);
    const found = byScope.get(key) ?? { freezes: [], oneOff: [] };
    byScope.set(key, found);
    return found;
  };
  for (const { scope, freezeId, name, rule } of calendars.freezes) at(scope).freezes.push({ freezeId, name, rule });
  for (const { scope, windowId, start, end } of calendars.oneOff) at(scope).oneOff.push({ windowId, start, end });
  return { byScope, joined: new Map() };
});

/** The scopes that a server is in. */
function scopesOf({ serverId, customerId, group }: Pausable): readonly PauseScope[] {
  return [
    { kind: 'all' },
    ...(customerId === undefined ? [] : [{ kind: 'customer', customerId } as const]),
    ...(customerId === undefined || group === undefined ? [] : [{ kind: 'group', customerId, group } as const]),
    { kind: 'server', serverId },
  ];
}

function keyOf(scope: PauseScope): string {
  switch (scope.kind) {
    case 'all':
      return 'all';
    case 'customer':
      return `customer ${scope.customerId}`;
    case 'group':
      return `group ${scope.customerId} ${scope.group}`;
    case 'server':
      return `server ${scope.serverId}`;
  }
}
