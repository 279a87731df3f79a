import type pg from 'pg';
import { type PolicyReading, readPolicy } from '#domain/approval/policy-file.ts';
import type { PersonDecision } from '#domain/approval/verdict.ts';
import { indexCatalogue, withRevisions } from '#domain/catalogue/index-catalogue.ts';
import type { UpdateId } from '#domain/catalogue/revision.ts';
import type { Facts } from '#domain/decide/facts.ts';
import { type Directory, directory } from '#server/facts/directory.ts';
import { listBrakes } from '#server/store/brakes.ts';
import { listCustomers } from '#server/store/customers.ts';
import { listFormerTokens } from '#server/store/enrolment.ts';
import { listAcceptedEulas } from '#server/store/eulas.ts';
import { listFreezesInForce } from '#server/store/freezes.ts';
import { listOneOffWindows } from '#server/store/one-off-windows.ts';
import { listPauses } from '#server/store/pauses.ts';
import { listDeliverable } from '#server/store/payloads.ts';
import { listPersonDecisions } from '#server/store/person-decisions.ts';
import { listPlans } from '#server/store/plans.ts';
import { findPolicy, type PolicyRow } from '#server/store/policies.ts';
import { listReadinessPolicies } from '#server/store/readiness-policies.ts';
import { listRegions } from '#server/store/regions.ts';
import { loadRevisions } from '#server/store/revisions.ts';
import { listRolloutPlansInForce } from '#server/store/rollout-plans.ts';
import { FACTS_CHANNEL, factsVersion } from '#server/store/service.ts';

/** The facts that decisions are made from: a copy in memory, rebuilt from rows whenever they change. */
export interface FactsKeeper {
  current(): Facts;
  directory(): Directory;
  policy(): PolicyRow;
  /** Reads what changed since the last time; returns at once when nothing did. */
  refresh(): Promise<void>;
  close(): Promise<void>;
}

export interface FactsKeeperOptions {
  readonly pool: pg.Pool;
  readonly contentFromMicrosoft: boolean;
  readonly log: { warn(details: object, message: string): void };
  /** Awaited before what was just loaded is decided from: other copies in memory catch up first. */
  readonly beforeUse?: () => Promise<void>;
}

interface Snapshot {
  readonly version: number;
  readonly facts: Facts;
  readonly directory: Directory;
  readonly policy: PolicyRow;
}

/** A lost notification is made up for by a look at the version this often. */
const SWEEP_MS = 60_000;

/** Loads everything and goes on listening for changes that other processes make. */
export async function keepFacts(options: FactsKeeperOptions): Promise<FactsKeeper> {
  let snapshot = await load(options, undefined);
  await options.beforeUse?.();
  let running: Promise<void> | undefined;
  let again = false;

  async function catchUp(): Promise<void> {
    try {
      do {
        again = false;
        if ((await factsVersion(options.pool)) === snapshot.version) continue;
        const next = await load(options, snapshot);
        await options.beforeUse?.();
        snapshot = next;
      } while (again);
    } finally {
      running = undefined; // at once: who asks a moment later must not be handed a look that is over
    }
  }
  function refresh(): Promise<void> {
    if (running) again = true; // whoever waits sees a state that is read after the call
    running ??= catchUp();
    return running;
  }
  const warn = (error: Error): void => options.log.warn({ reason: error.message }, 'facts were not refreshed');
  const ears = listener(options.pool, () => void refresh().catch(warn), warn);
  await ears.listen();
  const sweep = setInterval(() => void ears.listen().then(refresh).catch(warn), SWEEP_MS);
  return {
    current: () => snapshot.facts,
    directory: () => snapshot.directory,
    policy: () => snapshot.policy,
    refresh,
    async close() {
      clearInterval(sweep);
      ears.close();
      await running?.catch(() => undefined);
    },
  };
}

/** Hears of changes on a connection of its own. One that was lost is replaced at once or, while nothing answers, at the next `listen`. */
function listener(pool: pg.Pool, onNews: () => void, warn: (error: Error) => void) {
  let client: pg.PoolClient | undefined;
  let closed = false;
  async function listen(): Promise<void> {
    if (client || closed) return;
    const fresh = await pool.connect();
    if (client || closed) return fresh.release();
    client = fresh;
    fresh.on('notification', onNews);
    fresh.once('end', () => {
      if (drop(fresh)) listen().then(onNews, warn); // what was said in between was not heard
    });
    try {
      await fresh.query(`listen ${FACTS_CHANNEL}`);
    } catch (error) {
      drop(fresh);
      throw error;
    }
  }
  /** False when it was dropped before. */
  function drop(gone: pg.PoolClient | undefined): boolean {
    if (gone === undefined || client !== gone) return false;
    client = undefined;
    gone.release(true);
    return true;
  }
  return {
    listen,
    close() {
      closed = true;
      drop(client);
    },
  };
}

async function load(
  { pool, contentFromMicrosoft }: FactsKeeperOptions,
  before: Snapshot | undefined,
): Promise<Snapshot> {
  const version = await factsVersion(pool); // read first: a change in between is read again, not missed
  const [customers, plans, regions, formerTokens, freezes, oneOff, rolloutPlans, readinessPolicies] = await Promise.all(
    [
      listCustomers(pool),
      listPlans(pool),
      listRegions(pool),
      listFormerTokens(pool),
      listFreezesInForce(pool),
      listOneOffWindows(pool),
      listRolloutPlansInForce(pool),
      listReadinessPolicies(pool),
    ],
  );
  const [policy, words, pauses, brakes, eulas, deliverable] = await Promise.all([
    findPolicy(pool),
    listPersonDecisions(pool),
    listPauses(pool),
    listBrakes(pool),
    listAcceptedEulas(pool),
    listDeliverable(pool, contentFromMicrosoft),
  ]);
  if (!policy) throw new Error('there is no policy in the store');
  const facts: Facts = {
    catalogue: await loadCatalogue(pool, version, before?.facts.catalogue),
    policy:
      policy.version === before?.policy.version ? before.facts.policy : sound(readPolicy(policy.yaml), policy.version),
    persons: byUpdate(words),
    singledOut: new Set(words.flatMap(({ said }) => said.serverId ?? [])),
    pauses,
    brakes: new Map(brakes.map((brake) => [brake.updateId, brake])),
    acceptedEulas: new Set(eulas.map(({ eulaId }) => eulaId)),
    deliverable: new Set(deliverable),
  };
  const calendars = { freezes, oneOff };
  const rows = { customers, plans, regions, formerTokens, calendars, rolloutPlans, readinessPolicies };
  return { version, facts, directory: directory(rows), policy };
}

/** Revisions are only ever added, so what is in memory is extended by those with higher ids. */
async function loadCatalogue(
  pool: pg.Pool,
  version: number,
  before: Facts['catalogue'] | undefined,
): Promise<Facts['catalogue']> {
  let known = 0;
  for (const id of before?.revisions.keys() ?? []) known = Math.max(known, id);
  const added = [];
  for await (const revision of loadRevisions(pool, known)) added.push(revision);
  if (before) return added.length === 0 ? before : withRevisions(before, added, version);
  return indexCatalogue(added, version);
}

function sound(reading: PolicyReading, version: number): Facts['policy'] {
  if (reading.ok) return reading.policy;
  const [first] = reading.problems;
  throw new Error(`policy version ${version} in the store does not read: line ${first?.line}: ${first?.message}`);
}

function byUpdate(
  words: readonly { readonly updateId: UpdateId; readonly said: PersonDecision }[],
): Map<UpdateId, PersonDecision[]> {
  const map = new Map<UpdateId, PersonDecision[]>();
  for (const { updateId, said } of words) map.set(updateId, [...(map.get(updateId) ?? []), said]);
  return map;
}
