import { type Candidate, findCandidates } from './candidates.ts';
import { missingFiles } from './download.ts';
import { createEvaluation, type Evaluation } from './evaluation.ts';
import type { StatusLists } from './events.ts';
import { type Life, report } from './life.ts';

/** Evaluates all cached updates anew and keeps what is to be done; an update that waits for a restart is done. */
export function evaluateAll(life: Life): Evaluation {
  const { store, machine } = life.agent;
  const evaluation = createEvaluation(store.updates, machine);
  const pending = new Set(life.pending.updates);
  life.candidates = findCandidates(store.updates.values(), evaluation).filter(
    ({ update }) => !pending.has(update.core.identity.updateId),
  );
  return evaluation;
}

/** Queues a status report: which updates are needed, here, waiting, failed or downloaded. */
export function reportStatus(life: Life, at: Temporal.Instant, evaluation: Evaluation): void {
  report(life, at, { kind: 'status', lists: statusLists(life, evaluation) });
}

/** Actions whose updates a status report lists; what is only evaluated or part of a bundle is not reported. */
const REPORTED_ACTIONS: readonly string[] = ['Install', 'OptionalInstall', 'PreDeploymentCheck', 'Uninstall'];

function statusLists({ agent, pending, failures, candidates }: Life, evaluation: Evaluation): StatusLists {
  const installable: string[] = [];
  const installed: string[] = [];
  for (const update of agent.store.updates.values()) {
    if (update.core.properties.ExplicitlyDeployable !== 'true') continue;
    if (!REPORTED_ACTIONS.includes(update.deployment.action)) continue;
    const { updateId } = update.core.identity;
    const state = evaluation.stateOf(update);
    if (state === 'installed') installed.push(updateId);
    else if (state === 'applicable' && !pending.updates.includes(updateId)) installable.push(updateId);
  }
  return {
    installable,
    installed,
    pendingRestart: pending.updates,
    failed: installable.filter((updateId) => failures.has(updateId)),
    downloaded: candidates.filter((candidate) => isDownloaded(agent, candidate)).map(idOf),
  };
}

function isDownloaded(agent: Life['agent'], candidate: Candidate): boolean {
  return candidate.wanted === 'installed' && missingFiles(agent, candidate).length === 0;
}

function idOf({ update }: Candidate): string {
  return update.core.identity.updateId;
}
