import type { WhyAnswer } from '../demo/ask-why.ts';
import { knownUpdates } from '../demo/known-updates.ts';
import { isAllowed } from '../demo/placement.ts';
import type { InstallRecord } from '../fleet/fleet.ts';
import type { Tellings } from './tellings.ts';
import { askAbout, type Judged, judge, placementOfRecord, type WitnessOptions } from './witness.ts';

/** Follows the installations of a year. */
export interface Judging {
  /** Asks the service about what came since the last time and may lie outside; to be called daily. */
  follow(records: readonly InstallRecord[]): Promise<void>;
  /** Judges everything; what waits for its restart still has not ended by `to`. */
  judgeAll(records: readonly InstallRecord[], tellings: Tellings, to: Temporal.Instant): Promise<readonly Judged[]>;
}

/** Nothing has been installed yet. */
export function createJudging(witness: WitnessOptions): Judging {
  /** By the place of the installation among all. */
  const answers = new Map<number, WhyAnswer>();
  let seen = 0;

  async function follow(records: readonly InstallRecord[]): Promise<void> {
    const first = seen;
    seen = records.length;
    if (first === seen) return;
    const updates = await knownUpdates(witness.service);
    for (const [index, record] of records.slice(first).entries()) {
      const { needsRestart, restartedAt, installedAt, updateId } = record;
      const isOver = !needsRestart || restartedAt !== undefined;
      const placement = placementOfRecord(witness, updates.get(updateId), record, restartedAt ?? installedAt);
      if (!isOver || !isAllowed(placement)) {
        answers.set(first + index, await askAbout(witness, record));
      }
    }
  }

  async function judgeAll(records: readonly InstallRecord[], tellings: Tellings, to: Temporal.Instant) {
    await follow(records);
    const updates = await knownUpdates(witness.service);
    return records.map((record, place) => {
      const finishedAt = (record.needsRestart ? record.restartedAt : record.installedAt) ?? to;
      const answer = answers.get(place);
      return judge(witness, tellings, updates.get(record.updateId), record, finishedAt, answer);
    });
  }

  return { follow, judgeAll };
}
