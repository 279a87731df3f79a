import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { apiClient } from '#contract/client.ts';
import type { Endpoint, EndpointCall, EndpointResult } from '#contract/endpoint.ts';
import {
  addUpstream,
  chooseCategories,
  listUpstreamCategories,
  showUpstream,
  startPull,
} from '#contract/endpoints/upstream.ts';
import { startServiceProcess } from '#simulator/demo/service-process.ts';
import { startUpstreamProcess } from '#simulator/upstream/testing/upstream-process.ts';
import { ARGUMENTS, table } from './support/results.ts';
import { cpuSeconds, cpuSecondsOfTree, peakResident } from './support/usage.ts';

/*
 * Two instances on one machine: a test upstream serves many revisions over HTTP, the service with its embedded PostgreSQL (commits wait
 * for the disk) pulls them: first all, then a delta, then nothing new.
 *
 *   node bench/upstream-pull.ts [--revisions 20000] [--delta 500] [--quick] [--json FILE]
 */
const revisions = ARGUMENTS.one('revisions', 1_000, 20_000);
const delta = ARGUMENTS.one('delta', 100, 500);

const upstream = await startUpstreamProcess(revisions);
const service = await startServiceProcess(Temporal.Instant.from('2026-01-01T00:00:00Z'));
const api = apiClient<AbortSignal>({ baseUrl: service.consoleUrl, token: service.token, fetch });
const pids = { service: childOf(process.pid, 'serve'), postgres: postmaster(service.dataDir), upstream: upstream.pid };
const params = { upstream: 'bench' };
try {
  await ask(addUpstream, { body: { name: 'bench', url: upstream.url } });
  const rows = [await pulled('categories')];
  const { items } = await ask(listUpstreamCategories, { params });
  await ask(chooseCategories, { params, body: { add: items.filter(({ depth }) => depth === 0).map(({ id }) => id) } });
  rows.push(await pulled('first pull'));
  await upstream.serve(revisions + delta);
  rows.push(await pulled('delta'), await pulled('nothing new'));
  table(`Pull of ${revisions} revisions, then ${delta} more`, rows);
  console.log(`peak resident memory of the service: ${Math.round(peakResident(pids.service) / 2 ** 20)} MiB`);
} finally {
  await service.stop();
  await upstream.stop();
}

/** One pull: how long it took, and on whose processor. */
async function pulled(what: string) {
  const before = used();
  const began = performance.now();
  await ask(startPull, { params, body: {} });
  let run = (await ask(showUpstream, { params })).run;
  while (run?.outcome === 'running') {
    await sleep(100);
    run = (await ask(showUpstream, { params })).run;
  }
  const seconds = (performance.now() - began) / 1000;
  if (run?.outcome !== 'done') throw new Error(`the pull ended as ${run?.outcome}: ${run?.message}`);
  const after = used();
  return {
    pull: what,
    seconds,
    imported: run.imported,
    'revisions/s': run.imported / seconds,
    requests: run.requests,
    megabytes: run.bytes / 1e6,
    'CPU service': after.service - before.service,
    'CPU postgres': after.postgres - before.postgres,
    'CPU upstream': after.upstream - before.upstream,
  };
}

function used() {
  return {
    service: cpuSeconds(pids.service),
    postgres: cpuSecondsOfTree(pids.postgres),
    upstream: cpuSeconds(pids.upstream),
  };
}

function ask<E extends Endpoint>(endpoint: E, input: EndpointCall<E>): Promise<EndpointResult<E>> {
  return api.call(endpoint, input);
}

function postmaster(dataDir: string): number {
  return Number(readFileSync(join(dataDir, 'postgres', 'cluster', 'postmaster.pid'), 'utf8').split('\n')[0]);
}

/** The child whose last argument is this word. */
function childOf(parent: number, word: string): number {
  for (const pid of readdirSync('/proc').filter((name) => /^\d+$/.test(name))) {
    try {
      const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
      const isOurs = Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]) === parent;
      if (isOurs && readFileSync(`/proc/${pid}/cmdline`, 'utf8').endsWith(`${word}\0`)) return Number(pid);
    } catch {
      // It has ended meanwhile.
    }
  }
  throw new Error(`no child process "${word}"`);
}
