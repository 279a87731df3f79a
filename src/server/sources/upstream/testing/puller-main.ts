import { realClock } from '#server/clock.ts';
import { keepFacts } from '#server/facts/keeper.ts';
import { keepUpstreams } from '#server/sources/upstream/keep-upstreams.ts';
import { createPool } from '#server/store/pool.ts';
import type { PullerSettings } from './puller-process.ts';

const { database, upstreamId } = JSON.parse(process.argv[2] ?? '') as PullerSettings;
const log = { info: () => {}, warn: (details: object, message: string) => console.error(message, details) };
const pool = createPool(database, () => {});
const keeper = await keepFacts({ pool, contentFromMicrosoft: true, log });
const pulls = keepUpstreams({ pool, keeper, clock: realClock(), version: '0', log });
await pulls.start(upstreamId, 'test');
while (pulls.progress(upstreamId)) await new Promise((resolve) => setTimeout(resolve, 10));
process.exit(0);
