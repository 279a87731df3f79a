import { createHash } from 'node:crypto';
import { promisify } from 'node:util';
import { zstdCompress, zstdDecompress } from 'node:zlib';
import type pg from 'pg';
import type { Deployment, DeploymentSet } from '#domain/decide/deployment.ts';
import { type GroupSet, groupKey, groupSet, serverSet } from '#domain/decide/deployment-set.ts';
import type { Facts } from '#domain/decide/facts.ts';
import type { ServerFacts } from '#domain/fleet/server.ts';
import { isBefore } from '#domain/instants.ts';
import type { FactsKeeper } from '#server/facts/keeper.ts';
import { findDeploymentSet, saveDeploymentSet } from '#server/store/deployment-sets.ts';

/** The deployment sets in force, each computed once for all servers that share it, and those that cookies still remember. */
export interface Deployments {
  /** What this server is told at this instant. Its version is kept, so that its cookie can be understood later. */
  setFor(server: ServerFacts, at: Temporal.Instant): Promise<DeploymentSet>;
  /** The set behind a cookie's version; undefined when it is unknown (too old, or none), and all must be told again. */
  known(version: string | undefined): Promise<DeploymentSet | undefined>;
}

interface Group {
  readonly facts: Facts;
  readonly set: GroupSet;
  readonly from: Temporal.Instant;
}

interface Kept {
  readonly set: DeploymentSet;
  /** When its row was last said to be in use. */
  readonly noted?: Temporal.Instant;
}

/** A set that goes on being told is noted as in use this often, so that it is not taken for a forgotten one. */
const NOTED_EVERY = { hours: 24 };
/** Groups, and sets of the past, that are kept at most; the least recently used go first. */
const MOST_GROUPS = 5_000;
const MOST_KNOWN = 500;

const compress = promisify(zstdCompress);
const decompress = promisify(zstdDecompress);

export function deployments(pool: pg.Pool, keeper: FactsKeeper): Deployments {
  const groups = new Map<string, Group>();
  const kept = new Map<string, Kept>();

  function groupOf(server: ServerFacts, at: Temporal.Instant): GroupSet {
    const facts = keeper.current();
    const key = groupKey(server, facts, at);
    const known = groups.get(key);
    const group =
      known?.facts === facts && holdsAt(known, at)
        ? known
        : { facts, set: shared(groupSet(server, facts, at, digest)), from: at };
    remember(groups, key, group, MOST_GROUPS);
    return group.set;
  }

  /** Most groups differ in nothing but their customer: equal sets are kept once. */
  function shared(set: GroupSet): GroupSet {
    const same = kept.get(set.version)?.set;
    return same ? { ...set, deployments: same.deployments } : set;
  }

  return {
    async setFor(server, at) {
      const fresh = serverSet(groupOf(server, at), server, keeper.current(), digest);
      const known = kept.get(fresh.version);
      const set = known?.set ?? fresh; // what is compiled for scans hangs on the object
      const isNoted = known?.noted !== undefined && isBefore(at, known.noted.add(NOTED_EVERY));
      if (!isNoted) await saveDeploymentSet(pool, set.version, await compress(writeSet(set)), at);
      remember(kept, set.version, { set, noted: isNoted ? known.noted : at }, MOST_KNOWN);
      return set;
    },
    async known(version) {
      if (version === undefined) return undefined;
      const found = kept.get(version) ?? (await stored(pool, version));
      if (found) remember(kept, version, found, MOST_KNOWN);
      return found?.set;
    },
  };
}

/** A set is good from when it was computed until time alone may change it. */
function holdsAt({ set, from }: Group, at: Temporal.Instant): boolean {
  return !isBefore(at, from) && (!set.validUntil || isBefore(at, set.validUntil));
}

function digest(content: string): string {
  return createHash('sha256').update(content).digest('base64url').slice(0, 22);
}

/** Puts an entry at the young end and drops the oldest beyond the limit. */
function remember<Value>(map: Map<string, Value>, key: string, value: Value, most: number): void {
  map.delete(key);
  map.set(key, value);
  for (const oldest of map.keys()) {
    if (map.size <= most) return;
    map.delete(oldest);
  }
}

async function stored(pool: pg.Pool, version: string): Promise<Kept | undefined> {
  const content = await findDeploymentSet(pool, version);
  return content && { set: readSet(version, await decompress(content)) };
}

function writeSet(set: DeploymentSet): Buffer {
  const rows = [...set.deployments].map(([id, { action, lastChange, deadline }]) => [
    id,
    action,
    lastChange,
    deadline?.toString(),
  ]);
  return Buffer.from(JSON.stringify(rows));
}

function readSet(version: string, content: Buffer): DeploymentSet {
  const rows = JSON.parse(content.toString()) as [number, Deployment['action'], string, string | null][];
  const read = rows.map(([id, action, lastChange, deadline]): [number, Deployment] => [
    id,
    deadline ? { action, lastChange, deadline: Temporal.Instant.from(deadline) } : { action, lastChange },
  ]);
  return { version, deployments: new Map(read) };
}
