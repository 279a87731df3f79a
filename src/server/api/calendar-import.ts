import { createHash, randomUUID } from 'node:crypto';
import type pg from 'pg';
import type { EndpointInput } from '#contract/endpoint.ts';
import type * as contract from '#contract/endpoints/calendar.ts';
import { CodedError } from '#contract/errors.ts';
import { describeFreeze } from '#domain/calendar/describe-freeze.ts';
import { freezeEnd } from '#domain/calendar/freeze-rules.ts';
import { plainRule } from '#domain/calendar/plain-freeze.ts';
import { canonicalJson } from '#domain/evidence/canonical-json.ts';
import type { PauseScope } from '#domain/exception/hold.ts';
import { isBefore } from '#domain/instants.ts';
import { calendarEffect } from '#server/api/calendar-effect.ts';
import { changeFacts } from '#server/api/change.ts';
import type { ApiDeps, Handler } from '#server/api/deps.ts';
import { findScope, scopeShown, scopeSubject } from '#server/api/scope.ts';
import type { ImportedFreeze } from '#server/sources/calendar/read-calendar.ts';
import { readInWorker } from '#server/sources/calendar/read-in-worker.ts';
import {
  addFreezes,
  type FreezeRow,
  importedFreezes,
  liftFreezes,
  lockCalendar,
  type NewFreeze,
} from '#server/store/freezes.ts';

const MOST_SHOWN = 100;
/** What people set by hand has this source. */
const BY_HAND = 'person';

export const importCalendar: Handler<typeof contract.importCalendar> = async (deps, { body }, { name: token, at }) => {
  const { name, dryRun, who = token, why } = body;
  const whom = await findReach(deps, body);
  const reading = await read(deps, body, whom.customerId, at);
  const made: Making = { name, scope: whom.scope, customerId: whom.customerId, who, at };
  const before = difference(reading.freezes, await importedFreezes(deps.pool, whom.customerId, name), made);
  const fresh = [...before.added, ...before.changed.map(({ to }) => to)];
  const effect = await calendarEffect(deps, whom, { freezes: fresh, oneOff: [] }, at);
  const { skipped, notes } = reading;
  const told = {
    skipped,
    notes: notes.map(({ line, message }) => `line ${line}: ${message}`),
    servers: effect.servers,
    lateServers: effect.lateServers,
    late: effect.late,
  };
  if (dryRun) return { ...figures(before), changes: changesOf(before), ...told, kept: false };
  const sha256 = createHash('sha256').update(body.ics).digest('hex');
  const kept = await changeFacts(deps, async (client) => {
    await lockCalendar(client, whom.customerId, name);
    const found = difference(reading.freezes, await importedFreezes(client, whom.customerId, name), made);
    await keep(client, found, who, at);
    const facts = { ...figures(found), match: body.match ?? null, sha256, why, token };
    const subject = { calendar: name, ...scopeSubject(scopeShown(deps, whom)) };
    const { customerId } = whom;
    return { outcome: found, noted: [{ at, who, what: 'calendar.imported', subject, facts, customerId }] };
  });
  return { ...figures(kept), changes: changesOf(kept), ...told, kept: true };
};

type Asked = EndpointInput<typeof contract.importCalendar>['body'];

/** Whom the calendar reaches: a customer, one of its groups, or one of its servers. */
async function findReach(deps: ApiDeps, { name, customer, group, server }: Asked) {
  if (name.toLowerCase() === BY_HAND)
    throw new CodedError('usage.wrong', `name: "${name}" is what freezes set by hand are kept under.`);
  const scope = server !== undefined ? 'server' : group !== undefined ? 'group' : 'customer';
  const found = await findScope(deps, { scope, customer, group, server });
  const { customerId } = found;
  if (customerId === undefined)
    throw new CodedError('usage.wrong', 'server: it belongs to no customer, so that no calendar is for it.');
  return { ...found, customerId };
}

async function read({ keeper }: ApiDeps, { ics, match }: Asked, customerId: string, at: Temporal.Instant) {
  const zone = keeper.directory().customers.get(customerId)?.zone ?? 'Etc/UTC';
  const reading = await readInWorker({ ics, zone, at, ...(match === undefined ? {} : { match }) });
  if (reading.ok) return reading;
  const details = reading.problems.map(({ line, message }) => `line ${line}: ${message}`);
  const more = details.length > 1 ? `, and ${details.length - 1} more` : '';
  throw new CodedError('calendar.invalid', `Nothing was imported: ${details[0]}${more}.`, details);
}

/** What is the same for all freezes of an import. */
interface Making {
  /** Of the calendar. */
  readonly name: string;
  readonly scope: PauseScope;
  readonly customerId: string;
  readonly who: string;
  readonly at: Temporal.Instant;
}

interface Difference {
  readonly added: readonly NewFreeze[];
  readonly changed: readonly { readonly from: FreezeRow; readonly to: NewFreeze }[];
  readonly lifted: readonly FreezeRow[];
  readonly unchanged: number;
}

/** What an import changes, by UID. What is over stays as it was: it is no longer in the reading, and was so all the same. */
function difference(
  read: readonly ImportedFreeze[],
  known: ReadonlyMap<string, FreezeRow>,
  { name: source, scope, customerId, who, at }: Making,
): Difference {
  const freezes = read.map((one): NewFreeze => {
    return { freezeId: randomUUID(), ...one, scope, customerId, source, who, at };
  });
  const uids = new Set(read.map(({ uid }) => uid));
  const pairs = freezes.flatMap((to) => {
    const from = known.get(to.uid ?? '');
    return from ? [{ from, to }] : [];
  });
  const changed = pairs.filter(({ from, to }) => contentOf(from) !== contentOf(to));
  const gone = [...known.values()].filter(({ uid, rule }) => {
    const end = freezeEnd(rule);
    return !uids.has(uid ?? '') && !(end && !isBefore(at, end));
  });
  return {
    added: freezes.filter(({ uid }) => !known.has(uid ?? '')),
    changed,
    lifted: gone,
    unchanged: pairs.length - changed.length,
  };
}

function contentOf({ name, rule, scope }: NewFreeze): string {
  return canonicalJson({ name, rule: plainRule(rule), scope: { ...scope } });
}

async function keep(
  client: pg.PoolClient,
  { added, changed, lifted }: Difference,
  who: string,
  at: Temporal.Instant,
): Promise<void> {
  const ended = [...lifted, ...changed.map(({ from }) => from)];
  await liftFreezes(
    client,
    ended.map(({ freezeId }) => freezeId),
    who,
    at,
  );
  await addFreezes(client, [...added, ...changed.map(({ to }) => to)]);
}

function figures({ added, changed, lifted, unchanged }: Difference) {
  return { added: added.length, changed: changed.length, lifted: lifted.length, unchanged };
}

function changesOf({ added, changed, lifted }: Difference) {
  const rows = [
    ...added.map((freeze) => ({ change: 'added' as const, freeze })),
    ...changed.map(({ to: freeze }) => ({ change: 'changed' as const, freeze })),
    ...lifted.map((freeze) => ({ change: 'lifted' as const, freeze })),
  ];
  return rows.slice(0, MOST_SHOWN).map(({ change, freeze: { name, rule } }) => {
    return { change, name, rule: plainRule(rule), words: describeFreeze(rule) };
  });
}
