import assert from 'node:assert/strict';
import { it } from 'node:test';
import type { InstallRecord } from '../fleet/fleet.ts';
import type { Acquired } from './acquired.ts';
import { orderViolations } from './rollout-rules.ts';
import { makeScenario } from './scenario.ts';
import { PAIR, WAVES_CUSTOMER } from './waves-customer.ts';

const { servers } = makeScenario({ servers: 33, seed: 'rules' });
const TO = Temporal.Instant.from('2023-12-01T00:00:00Z');
const [DC1, DC2] = PAIR;
const WEB = named('web1');
const PILOTS = [named('pilot1'), named('pilot2')];

function named(label: string): string {
  return `${label}.lon.${WAVES_CUSTOMER.domain}`;
}

const at = (hour: number) => Temporal.Instant.from('2023-10-21T00:00:00Z').add({ hours: hour });

function record(server: string, startedAt: number, restartedAt?: number): InstallRecord {
  return {
    ...{ server, kind: 'installed', updateId: 'u', revisionNumber: 1, trigger: 'schedule', needsRestart: true },
    startedAt: at(startedAt),
    installedAt: at(startedAt),
    ...(restartedAt === undefined ? {} : { restartedAt: at(restartedAt) }),
  };
}

function broken(installs: readonly InstallRecord[], acquired: Acquired = () => undefined) {
  return orderViolations({ servers, installs, updates: new Map(), to: TO }, acquired).map(
    ({ server, rule }) => `${rule} ${server}`,
  );
}

it('of the pair one begins only when the other is up again', () => {
  assert.deepEqual(broken([record(DC1, 20, 21), record(DC2, 21, 22)]), []);
  assert.deepEqual(broken([record(DC1, 20, 22), record(DC2, 21, 23)]), [`group-together ${DC2}`]);
  assert.deepEqual(broken([record(DC1, 20), record(DC2, 30, 31)]), [`group-together ${DC2}`], 'it never came up');
  assert.deepEqual(broken([record(DC1, 20, 22), record(WEB, 21, 22)]), [], 'not of the group');
});

it('a wave begins when every server of the one before has the update, or never needed it', () => {
  const install = [record(WEB, 20, 21)];
  const pilots = (...had: (Temporal.Instant | 'needed' | undefined)[]): Acquired => {
    return (server) => had[PILOTS.indexOf(server)];
  };
  assert.deepEqual(broken(install, pilots(at(10), undefined)), []);
  assert.deepEqual(broken(install, pilots(at(10), at(21))), [`before-gate ${WEB}`]);
  assert.deepEqual(broken(install, pilots('needed', at(10))), [`before-gate ${WEB}`]);
  assert.deepEqual(
    broken([record(PILOTS[0] ?? '', 20, 21)], pilots('needed', 'needed')),
    [],
    'nobody is before the pilots',
  );
});
