import { createHash } from 'node:crypto';
import type { UpdateFile } from '#domain/catalogue/revision.ts';
import type { AgentContext } from './agent-context.ts';
import type { Candidate } from './candidates.ts';
import { converse } from './conversation.ts';
import type { PartialFile } from './data-store.ts';
import * as hresults from './hresults.ts';

export type DownloadResult =
  | { readonly ok: true; readonly bytes: number }
  | { readonly ok: false; readonly hresult: number; readonly message: string };

/** Bytes of one range request, as Delivery Optimization asks. */
const RANGE = 1024 * 1024;

/** How often a range is asked for in one download. */
const RANGE_ATTEMPTS = 3;

/** The files that a candidate needs and that are not here yet. */
export function missingFiles({ store }: AgentContext, candidate: Candidate): readonly UpdateFile[] {
  if (candidate.wanted === 'removed') return [];
  const files = candidate.parts.flatMap(({ revisionId }) => store.details.get(revisionId)?.extended.files ?? []);
  const wanted = files.filter(({ patchingType }) => patchingType !== 'Express');
  return [...new Map(wanted.map((file) => [file.sha1, file])).values()].filter(({ sha1 }) => !store.files.has(sha1));
}

/**
 * Downloads what a candidate needs: closed ranges of 1 MiB in random order, sizes and both digests checked. What arrived before a
 * failure is kept, and the next attempt asks only for the rest. The sum of bytes is that of the candidate's new files.
 */
export async function downloadCandidate(
  agent: AgentContext,
  at: Temporal.Instant,
  candidate: Candidate,
): Promise<DownloadResult> {
  let bytes = 0;
  for (const file of missingFiles(agent, candidate)) {
    const failure = await downloadFile(agent, at, file);
    if (failure !== undefined) return { ok: false, ...failure };
    bytes += file.size;
  }
  return { ok: true, bytes };
}

interface Failure {
  readonly hresult: number;
  readonly message: string;
}

async function downloadFile(agent: AgentContext, at: Temporal.Instant, file: UpdateFile): Promise<Failure | undefined> {
  const { store, habits } = agent;
  if (file.sha256 === undefined) return fail(hresults.WU_E_DM_UNKNOWNALGORITHM, `${file.name}: no SHA-256`);
  const held = store.files.values().reduce((sum, size) => sum + size, 0);
  if (held + file.size > habits.freeDisk)
    return fail(hresults.DISK_FULL, `${file.name}: no space for ${file.size} bytes`);
  const url = store.locations.get(file.sha1) ?? (await askLocation(agent, at, file.sha1));
  if (url === undefined) return fail(hresults.WU_E_DM_URLNOTAVAILABLE, `${file.name}: no address`);
  const partial = store.partials.get(file.sha1) ?? { bytes: new Uint8Array(file.size), received: new Set<number>() };
  store.partials.set(file.sha1, partial);
  for (const start of agent.random.shuffle(rangeStarts(file.size))) {
    if (partial.received.has(start)) continue;
    const failure = await downloadRange(agent, url, partial, start);
    if (failure !== undefined) return failure;
  }
  store.partials.delete(file.sha1);
  if (digest('sha1', partial.bytes) !== file.sha1 || digest('sha256', partial.bytes) !== file.sha256) {
    return fail(hresults.WU_E_DM_INCORRECTFILEHASH, `${file.name}: wrong digest`);
  }
  store.files.set(file.sha1, file.size);
  return undefined;
}

function rangeStarts(size: number): readonly number[] {
  return Array.from({ length: Math.ceil(size / RANGE) }, (_, index) => index * RANGE);
}

async function downloadRange(
  agent: AgentContext,
  url: string,
  partial: PartialFile,
  start: number,
): Promise<Failure | undefined> {
  const size = partial.bytes.length;
  const end = Math.min(start + RANGE, size) - 1;
  let failure = fail(hresults.WU_E_DM_NOTDOWNLOADED, url);
  for (let attempt = 0; attempt < RANGE_ATTEMPTS; attempt++) {
    const answer = await agent.http.send(url, {
      method: 'GET',
      headers: { 'User-Agent': 'Microsoft-Delivery-Optimization/10.1', Range: `bytes=${start}-${end}` },
      maxBytes: RANGE,
    });
    if (!answer.ok) {
      failure = answer;
    } else if (answer.status !== 206) {
      failure = fail(hresults.httpStatusResult(answer.status), `${url}: HTTP ${answer.status} to a range`);
      if (answer.status < 500) return failure;
    } else if (
      answer.headers['content-range'] !== `bytes ${start}-${end}/${size}` ||
      answer.body.length !== end - start + 1
    ) {
      failure = fail(hresults.WU_E_DM_READRANGEFAILED, `${url}: ${answer.headers['content-range']}, ${size} expected`);
    } else {
      partial.bytes.set(answer.body, start);
      partial.received.add(start);
      return undefined;
    }
  }
  return failure;
}

/** Asks for an address that GetExtendedUpdateInfo did not give, or that the server withdrew. */
async function askLocation(agent: AgentContext, at: Temporal.Instant, sha1: string): Promise<string | undefined> {
  const result = await converse<'GetFileLocations'>(agent, at, agent.policy.wuServer, (cookie) => ({
    operation: 'GetFileLocations',
    cookie,
    fileDigests: [sha1],
  }));
  const url = result.ok ? result.response.fileLocations.find((location) => location.sha1 === sha1)?.url : undefined;
  if (url !== undefined) agent.store.locations.set(sha1, url);
  return url;
}

function digest(algorithm: 'sha1' | 'sha256', bytes: Uint8Array): string {
  return createHash(algorithm).update(bytes).digest('hex');
}

function fail(hresult: number, message: string): Failure {
  return { hresult, message };
}
