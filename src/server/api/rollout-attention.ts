import type { EndpointResult } from '#contract/endpoint.ts';
import type * as contract from '#contract/endpoints/now.ts';
import type { ApiDeps } from '#server/api/deps.ts';
import { shortTime } from '#server/api/short-time.ts';
import {
  listAskingGates,
  listBrokenConnections,
  listStoppedCampaigns,
  listUnapprovedVersions,
  type Stuck,
} from '#server/store/rollout-attention.ts';

type Attention = EndpointResult<typeof contract.now>['attention'][number];

/** Campaigns that are stopped. */
export async function stoppedCampaigns({ pool }: ApiDeps): Promise<Attention | undefined> {
  return stuck('campaign-stopped', await listStoppedCampaigns(pool), [
    '1 campaign is stopped: none of its servers is offered anything until a person resumes or closes it.',
    'campaigns are stopped: none of their servers is offered anything until a person resumes or closes them.',
  ]);
}

/** Gates that wait for an owner's test result or a person's go. */
export async function askingGates({ pool }: ApiDeps, at: Temporal.Instant): Promise<Attention | undefined> {
  return stuck('gate-asks', await listAskingGates(pool, at), [
    '1 gate of a campaign waits for somebody: its next wave does not open by itself.',
    'gates of campaigns wait for somebody: their next waves do not open by themselves.',
  ]);
}

/** Rollout plans and policies of which another person has to say yes. */
export async function unapprovedVersions({ pool }: ApiDeps): Promise<Attention | undefined> {
  return stuck('second-person', await listUnapprovedVersions(pool), [
    '1 new version waits for the approval of another person; until then the former one is in force.',
    'new versions wait for the approval of another person; until then the former ones are in force.',
  ]);
}

/** Hooks that were given up and directories that cannot be read. */
export async function brokenConnections({ pool }: ApiDeps): Promise<Attention | undefined> {
  return stuck('connection-failed', await listBrokenConnections(pool), [
    '1 connection to another system failed: what waits for it does not go on.',
    'connections to other systems failed: what waits for them does not go on.',
  ]);
}

function stuck(
  kind: Attention['kind'],
  found: readonly Stuck[],
  [one, more]: readonly [string, string],
): Attention | undefined {
  const count = found[0]?.all ?? 0;
  if (count === 0) return undefined;
  const examples = found.map(({ title, who, why, since }) => ({
    title,
    detail: `${who === null ? 'Since' : `By ${who} since`} ${shortTime(since)}: ${why}`,
  }));
  return { kind, count, text: count === 1 ? one : `${count} ${more}`, examples };
}
