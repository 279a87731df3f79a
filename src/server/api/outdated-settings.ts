import type { EndpointResult } from '#contract/endpoint.ts';
import type * as contract from '#contract/endpoints/now.ts';
import { settingsState } from '#domain/fleet/settings-state.ts';
import type { ApiDeps } from '#server/api/deps.ts';
import { shortTime } from '#server/api/short-time.ts';
import { expectedSettings, taskClock } from '#server/settings/server-settings.ts';
import { listSettingsClasses } from '#server/store/fleet-views.ts';
import { NAMED, overwrittenServers } from '#server/store/now-views.ts';

type Attention = EndpointResult<typeof contract.now>['attention'][number];

/** A settings task that runs has new settings within a quarter of an hour; what one reported that fell silent stays as it is. */
const QUIET = { hours: 2 };

/**
 * Servers whose Windows Update settings are not those of their plan: a domain policy overwrites them, or the plan was changed and no
 * settings task brings them. (Of a nightly plan, whose hour differs from server to server, one stands for all that reported the same.)
 */
export async function outdatedSettings(
  { pool, keeper }: ApiDeps,
  at: Temporal.Instant,
): Promise<Attention | undefined> {
  const overwritten = await overwrittenServers(pool);
  const directory = keeper.directory();
  const clock = taskClock();
  const outdated = (await listSettingsClasses(pool, at.subtract(QUIET))).filter((one) => {
    return settingsState(expectedSettings(one, directory, clock, at), one.settingsVersion) === 'outdated';
  });
  const count = outdated.reduce((sum, { servers }) => sum + servers, overwritten.servers);
  if (count === 0) return undefined;
  const examples = [
    ...overwritten.examples.map(({ serverId, dnsName, since }) => {
      return {
        title: dnsName,
        detail: `A domain policy overwrites its settings, reported ${shortTime(since)}`,
        server: serverId,
      };
    }),
    ...outdated.map(({ serverId, dnsName, servers, since }) => ({
      title: servers === 1 ? dnsName : `${dnsName} and ${servers - 1} more like it`,
      detail: `Enrol again: its settings are not those of its plan, last reported ${shortTime(since)}`,
      server: serverId,
    })),
  ];
  return { kind: 'settings-outdated', count, text: textFor(count), examples: examples.slice(0, NAMED) };
}

function textFor(count: number): string {
  return count === 1
    ? '1 server does not have the settings of its plan and may install at another hour.'
    : `${count} servers do not have the settings of their plans and may install at other hours.`;
}
