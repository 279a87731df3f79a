import { fetchDetails } from './details.ts';
import { downloadCandidate, missingFiles } from './download.ts';
import { planInstall } from './installation.ts';
import { eventUpdate, type Life, report, setTimer, writeLog } from './life.ts';
import { detectionRange } from './policy.ts';
import { synchronise } from './scan.ts';
import type { CallFailure } from './service-call.ts';
import { evaluateAll, reportStatus } from './status.ts';

/** Minutes until a failed detection is tried again. */
const RETRY_MINUTES = 300;

/** Asks the server, evaluates its answer on the machine, reports, and plans download, installation and the next detection. */
export async function detect(life: Life, at: Temporal.Instant): Promise<void> {
  const { agent } = life;
  const synced = await synchronise(agent, at);
  // Even a failed scan leaves a cache, and what it holds remains in force.
  const evaluation = evaluateAll(life);
  const failure = synced.ok ? await fetchDetails(agent, at, life.candidates) : synced;
  if (!synced.ok || failure !== undefined) {
    if (failure !== undefined) detectionFailed(life, at, failure);
    planInstall(life, at);
    return;
  }
  writeLog(life, at, {
    kind: 'scanned',
    calls: synced.calls,
    offered: life.candidates.map(({ update }) => update.core.identity.updateId),
    unknownRules: Object.fromEntries(evaluation.unknownRules),
  });
  report(life, at, { kind: 'detected', applicable: life.candidates.length });
  reportStatus(life, at, evaluation);
  const { least, most } = detectionRange(agent.policy);
  setTimer(life, 'detect', at, agent.random.between(least, most));
  planDownload(life, at);
  planInstall(life, at);
}

function detectionFailed(life: Life, at: Temporal.Instant, { hresult, message }: CallFailure): void {
  writeLog(life, at, { kind: 'scan-failed', hresult, message });
  report(life, at, { kind: 'detection-failed', hresult });
  setTimer(life, 'detect', at, RETRY_MINUTES);
}

function planDownload(life: Life, at: Temporal.Instant): void {
  const { agent } = life;
  if (toDownload(life).length === 0) life.timers.delete('download');
  else setTimer(life, 'download', at, agent.random.between(0, agent.habits.downloadDelay));
}

/** With AUOptions 2 a person decides on downloads, except that a deadline overrides. */
function toDownload({ agent, candidates }: Life) {
  return candidates.filter(
    (candidate) =>
      missingFiles(agent, candidate).length > 0 &&
      (agent.policy.auOptions !== 2 || candidate.update.deployment.deadline !== undefined),
  );
}

/** Downloads what is to be installed; a failure waits for the next detection. */
export async function download(life: Life, at: Temporal.Instant): Promise<void> {
  for (const candidate of toDownload(life)) {
    const { updateId, revisionNumber } = candidate.update.core.identity;
    const update = eventUpdate(life, candidate);
    report(life, at, { kind: 'download-started', update });
    const result = await downloadCandidate(life.agent, at, candidate);
    if (result.ok) {
      writeLog(life, at, { kind: 'downloaded', updateId, revisionNumber, bytes: result.bytes });
      report(life, at, { kind: 'downloaded', update, bytes: result.bytes });
    } else {
      const { hresult, message } = result;
      writeLog(life, at, { kind: 'download-failed', updateId, revisionNumber, hresult, message });
      report(life, at, { kind: 'download-failed', update, hresult });
    }
  }
  planInstall(life, at);
}
