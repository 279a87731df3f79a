import type pg from 'pg';
import type { UpdateId } from '#domain/catalogue/revision.ts';
import { type UpdateVerdict, verdictsOf } from '#domain/decide/overview.ts';
import { SERVICE_CHAIN } from '#domain/evidence/chain.ts';
import type { FactsKeeper } from '#server/facts/keeper.ts';
import { addVerdicts, listVerdictsAfter, lockApprovals, type VerdictRow } from '#server/store/approvals.ts';
import { inTransaction } from '#server/store/pool.ts';
import { appendRecord } from '#server/store/record.ts';

/** Keeps the verdicts that hold for all customers as facts: a row for every change, with who, when, why and the policy's version. */
export interface ApprovalsRecorder {
  /** Resolves when what holds at the instant is on record. Costs nothing while nothing has changed. */
  catchUp(at: Temporal.Instant): Promise<void>;
}

export interface ApprovalsOptions {
  readonly pool: pg.Pool;
  readonly keeper: Pick<FactsKeeper, 'current' | 'policy' | 'refresh'>;
  readonly clock: { readonly kind: 'real' | 'simulated' };
}

/** Rows of one statement. */
const BATCH = 5_000;
const LOOK_MS = 1_000;
const SWEEP_MS = 60_000;

/** One recorder a keeper: its memory of what is on record is worth keeping. */
const recorders = new WeakMap<ApprovalsOptions['keeper'], ApprovalsRecorder>();

/** The recorder that goes with a keeper of facts. */
export function approvalsRecorder(options: ApprovalsOptions): ApprovalsRecorder {
  const known = recorders.get(options.keeper) ?? makeRecorder(options);
  recorders.set(options.keeper, known);
  return known;
}

function makeRecorder({ pool, keeper, clock }: ApprovalsOptions): ApprovalsRecorder {
  const onRecord = new Map<UpdateId, VerdictRow>();
  let lastRow = 0;
  let settled: readonly UpdateVerdict[] | undefined;
  let queue = Promise.resolve();

  async function readOn(client: pg.PoolClient): Promise<void> {
    for (;;) {
      const rows = await listVerdictsAfter(client, lastRow, BATCH);
      for (const { approvalId, ...row } of rows) {
        onRecord.set(row.updateId, row);
        lastRow = approvalId;
      }
      if (rows.length < BATCH) return;
    }
  }
  async function record(at: Temporal.Instant): Promise<void> {
    if (verdictsOf(keeper.current(), at) === settled) return;
    const verdicts = await inTransaction(pool, async (client) => {
      await lockApprovals(client);
      await keeper.refresh(); // whoever held the lock before decided by facts that are no newer than these
      await readOn(client);
      const now = verdictsOf(keeper.current(), at);
      const { version } = keeper.policy();
      const changed = now
        .map(rowOf)
        .filter((row) => !isSame(onRecord.get(row.updateId), row))
        .reverse();
      for (let from = 0; from < changed.length; from += BATCH)
        await addVerdicts(client, changed.slice(from, from + BATCH), version, at);
      if (changed.length > 0) await appendRecord(client, [entry(changed, version, at, clock.kind)]);
      return now;
    });
    settled = verdicts;
  }
  return {
    catchUp(at) {
      const mine = queue.then(() => record(at));
      queue = mine.catch(() => undefined);
      return mine;
    },
  };
}

function rowOf({ update, verdict, rule, reason }: UpdateVerdict): VerdictRow {
  const { updateId, revisionNumber } = update;
  return { updateId, revisionNumber, verdict, who: storable(rule), why: storable(reason) };
}

/** What the store would change would differ from it for ever. */
function storable(text: string): string {
  return text.toWellFormed().replaceAll('\0', '\ufffd');
}

function isSame(before: VerdictRow | undefined, now: VerdictRow): boolean {
  return (
    before !== undefined &&
    before.verdict === now.verdict &&
    before.who === now.who &&
    before.why === now.why &&
    before.revisionNumber === now.revisionNumber
  );
}

function entry(
  changed: readonly VerdictRow[],
  policyVersion: number,
  at: Temporal.Instant,
  clock: 'real' | 'simulated',
) {
  const count = (wanted: VerdictRow['verdict']) => changed.filter(({ verdict }) => verdict === wanted).length;
  const facts = { approve: count('approve'), 'not-approve': count('not-approve'), review: count('review') };
  const what = 'approvals.changed';
  return { customerId: SERVICE_CHAIN, at, clock, who: 'service', what, subject: { policyVersion }, facts };
}

export interface KeepApprovalsOptions extends ApprovalsOptions {
  readonly now: () => Temporal.Instant;
  readonly log: { warn(details: object, message: string): void };
}

/**
 * Records in the background: a second or two after the facts changed, when they no longer change each second, and at least once a
 * minute, since some verdicts change by time alone.
 */
export function keepApprovals(options: KeepApprovalsOptions): { look(): Promise<void>; close(): Promise<void> } {
  const recorder = approvalsRecorder(options);
  const look = (): Promise<void> => recorder.catchUp(options.now());
  let seen: unknown;
  let done: unknown;
  let lastLook = Number.NEGATIVE_INFINITY;
  let running = Promise.resolve();
  const tick = (): void => {
    const facts = options.keeper.current();
    const isQuiet = facts === seen;
    seen = facts;
    const elapsed = performance.now() - lastLook;
    if (elapsed < SWEEP_MS && (!isQuiet || facts === done)) return;
    lastLook = performance.now();
    done = facts;
    running = look().catch((error: Error) => {
      done = undefined; // tried again a second later
      options.log.warn({ reason: error.message }, 'approvals were not put on record');
    });
  };
  const timer = setInterval(tick, LOOK_MS);
  return {
    look,
    async close() {
      clearInterval(timer);
      await running;
    },
  };
}
