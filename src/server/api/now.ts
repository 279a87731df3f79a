import type { EndpointResult } from '#contract/endpoint.ts';
import type * as contract from '#contract/endpoints/now.ts';
import { type Cycle, cycleAt, cycleEnd, cycleStart } from '#domain/calendar/patch-tuesday.ts';
import { releaseWeek } from '#domain/calendar/release-week.ts';
import { weekdayAndTime } from '#domain/calendar/wall-time.ts';
import { verdictsOf } from '#domain/decide/overview.ts';
import { attention } from '#server/api/attention.ts';
import type { ComingWindow } from '#server/api/coming-windows.ts';
import type { Handler } from '#server/api/deps.ts';
import { fleet } from '#server/api/fleet-counts.ts';
import { serviceWarnings } from '#server/api/status.ts';
import { findLastImport } from '#server/store/now-views.ts';

type Now = EndpointResult<typeof contract.now>;

export const now: Handler<typeof contract.now> = async (deps, _input, { at }) => {
  const facts = deps.keeper.current();
  const verdicts = verdictsOf(facts, at);
  const { counts, windows } = await fleet(deps, at);
  const { withoutPlan: _, ...shown } = counts;
  const lastImport = await findLastImport(deps.pool);
  return {
    version: deps.version,
    at: at.toString(),
    clock: deps.clock.kind,
    cycle: cycleShown(cycleAt(at)),
    fleet: shown,
    catalogue: {
      revisions: facts.catalogue.revisions.size,
      approved: verdicts.filter(({ verdict }) => verdict === 'approve').length,
      review: verdicts.filter(({ verdict }) => verdict === 'review').length,
      ...(lastImport ? { lastImport: lastImport.toString() } : {}),
    },
    attention: await attention(deps, at),
    windows: windows.map(windowShown),
    warnings: serviceWarnings(deps),
  };
};

const WEEKS = [
  ['early', 1],
  ['default', 2],
  ['delayed', 3],
  ['fourth', 4],
] as const;

function cycleShown(cycle: Cycle): Now['cycle'] {
  return {
    name: cycle,
    patchTuesday: cycleStart(cycle).toString(),
    nextPatchTuesday: cycleEnd(cycle).toString(),
    weeks: WEEKS.map(([name, number]) => {
      const { start, end } = releaseWeek(cycle, number, 'Etc/UTC');
      return { name, start: start.toString(), end: end.toString() };
    }),
  };
}

function windowShown({ plan, zone, servers, window }: ComingWindow): Now['windows'][number] {
  const { start, end, primary } = window;
  return {
    plan: plan.name,
    zone,
    start: start.toString(),
    end: end.toString(),
    local: weekdayAndTime(start, zone),
    primary,
    servers,
  };
}
