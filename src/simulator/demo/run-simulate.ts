import { randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type ApiClient, apiClient } from '#contract/client.ts';
import { moveClock, showClock } from '#contract/endpoints/service.ts';
import { CodedError } from '#contract/errors.ts';
import { earlier, isBefore } from '#domain/instants.ts';
import { hresultText } from '#domain/status/hresult.ts';
import { createFragmentCache } from '../agent/fragments.ts';
import { createHttpClient, type HttpClient } from '../agent/http-client.ts';
import type { LogEntry } from '../agent/log-entry.ts';
import { type AgentPolicy, createPolicy } from '../agent/policy.ts';
import { readPolicy } from '../agent/registry.ts';
import { readRegistryFile } from '../agent/registry-file.ts';
import { createVirtualServer, type VirtualServer } from '../agent/virtual-server.ts';
import { createFleet } from '../fleet/fleet.ts';
import type { SampleSystem } from '../sample/operating-systems.ts';
import { sampleServer } from '../sample/sample-server.ts';
import type { DemoOutput } from './run-demo.ts';

export interface SimulateOptions {
  /** What a server would have in `WUServer`, with an enrolment token in its path; absent: as the registration file says. */
  readonly url?: string;
  /** A registration file from which the servers take their policy. */
  readonly registry?: string;
  /** They scan and report once, without waiting for their hours. */
  readonly once?: boolean;
  readonly servers: number;
  readonly os: SampleSystem;
  /** How long they live, in days; also parts of one. */
  readonly days: number;
  /** Prints the summary as JSON. */
  readonly json?: boolean;
}

export interface SimulateIo extends DemoOutput {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly fetch: typeof fetch;
}

/**
 * Lets virtual servers speak to a running service. A simulated clock is moved along by the API (ST_URL, ST_TOKEN or the data
 * directory); on a real one they live in real time. Ends after the days, or when aborted. Exit status 1: no scan ever went well.
 */
export async function runSimulate(options: SimulateOptions, io: SimulateIo): Promise<number> {
  const { once = false, json = false } = options;
  const days = once ? FIRST_MINUTES / (24 * 60) : options.days;
  const policy = await policyOf(options);
  const dataDir = io.env.ST_DATA_DIR ?? './data';
  const api = await adminApi(io, dataDir);
  const { clock, at } = await api.call(showClock);
  const start = Temporal.Instant.from(at).round({ smallestUnit: 'minute', roundingMode: 'ceil' });
  const root = await readFile(join(dataDir, 'tls', 'root.crt'), 'utf8').catch(() => undefined);
  const http = createHttpClient(root === undefined ? {} : { ca: root });
  const summary = createSummary();
  const fleet = createFleet(newServers(options, policy, http, start), {
    moveClock: async (to) => {
      io.signal?.throwIfAborted();
      if (clock === 'simulated') await api.call(moveClock, { body: { to: to.toString() } });
      else if (!once)
        await sleep(Math.max(0, to.epochMilliseconds - Date.now()), undefined, io.signal ? { signal: io.signal } : {});
    },
    onEntry: summary.note,
  });
  io.stderr.write(
    `${options.servers} × virtual Server ${options.os} speak to ${new URL(policy.wuServer).host}, ${clock} clock, ` +
      `${once ? 'one scan and report each' : `for ${lengthOf(days)}`}. They install at ${policy.scheduledInstallTime}:00 ` +
      `${DAYS[policy.scheduledInstallDay] ?? ''}; stop with Ctrl-C.\n`,
  );
  try {
    const end = start.add({ minutes: Math.round(24 * 60 * days) });
    for (let until = start; isBefore(until, end); ) {
      until = earlier(until.add({ hours: 24 }), end);
      await fleet.runUntil(until);
      io.stderr.write(`${until}  ${summary.text()}\n`);
    }
  } catch (error) {
    if (io.signal?.aborted !== true) throw error;
    io.stderr.write('Stopped.\n');
  } finally {
    http.close();
  }
  io.stdout.write(json ? `${JSON.stringify(summary.result())}\n` : `${summary.text()}\n`);
  return summary.counts.scans > 0 ? 0 : 1;
}

/** The first scan comes within ten minutes, and its report within ten more. */
const FIRST_MINUTES = 25;
const DAYS = [
  'every day',
  'on Sundays',
  'on Mondays',
  'on Tuesdays',
  'on Wednesdays',
  'on Thursdays',
  'on Fridays',
  'on Saturdays',
];

/** As the registration file says, else the schedule that Windows proposes: every day at 03:00. */
async function policyOf({ url = '', registry }: SimulateOptions): Promise<AgentPolicy> {
  if (registry === undefined) return createPolicy(url);
  const read = readRegistryFile(await readFile(registry));
  if (!read.ok) throw new CodedError('usage.wrong', `${registry}: ${read.message}`);
  return readPolicy(read.values);
}

function lengthOf(days: number): string {
  return Number.isInteger(days) ? `${days} days` : `${Math.round(days * 24 * 60)} minutes`;
}

async function adminApi({ env, fetch }: SimulateIo, dataDir: string): Promise<ApiClient<AbortSignal>> {
  const file = join(dataDir, 'admin-token');
  const token = env.ST_TOKEN ?? (await readFile(file, 'utf8').catch(() => undefined))?.trim();
  const baseUrl = env.ST_URL ?? `http://127.0.0.1:${env.ST_CONSOLE_PORT ?? 8080}`;
  return apiClient<AbortSignal>({ baseUrl, fetch, ...(token === undefined ? {} : { token }) });
}

/** Servers that nobody has seen before. */
function newServers(
  { servers, os }: SimulateOptions,
  policy: AgentPolicy,
  http: HttpClient,
  start: Temporal.Instant,
): readonly VirtualServer[] {
  const fragments = createFragmentCache();
  return Array.from({ length: servers }, (_, index) => {
    const clientId = randomUUID();
    return createVirtualServer({
      identity: { clientId, dnsName: `virtual-${index + 1}-${clientId.slice(0, 4)}.example.org`, zone: 'Etc/UTC' },
      policy,
      machine: sampleServer(os),
      http,
      fragments,
      start,
    });
  });
}

/** Counts what happened, and keeps the last failure for people. */
function createSummary() {
  const began = performance.now();
  const counts = { scans: 0, failedScans: 0, downloads: 0, installations: 0, failures: 0, restarts: 0 };
  let lastFailure = '';

  function note({ server, fact }: LogEntry): void {
    if (fact.kind === 'scanned') counts.scans++;
    else if (fact.kind === 'downloaded') counts.downloads++;
    else if (fact.kind === 'installed') counts.installations++;
    else if (fact.kind === 'restarted') counts.restarts++;
    else if ('hresult' in fact) {
      counts[fact.kind === 'scan-failed' ? 'failedScans' : 'failures']++;
      lastFailure = `; last failure: ${server}, ${hresultText(fact.hresult)} ${fact.message}`;
    }
  }

  /** The counts, with how fast it went and the most memory that this process had. */
  const result = () => ({
    ...counts,
    scansPerSecond: Math.round((counts.scans * 10_000) / (performance.now() - began)) / 10,
    peakMegabytes: Math.round(process.resourceUsage().maxRSS / 1024),
  });

  const text = () => {
    const { scansPerSecond, peakMegabytes } = result();
    return (
      `${counts.scans} scans (${counts.failedScans} failed), ${counts.downloads} downloads, ` +
      `${counts.installations} installations, ${counts.restarts} restarts; ${scansPerSecond} scans a second, ` +
      `${peakMegabytes} MB${lastFailure}`
    );
  };

  return { counts, note, text, result };
}
