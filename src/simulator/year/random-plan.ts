import type { Plan } from '#domain/calendar/plan.ts';
import { makePlan, type PlanChoice } from '#domain/calendar/presets.ts';
import type { Random } from '../agent/random.ts';

const WEEKS = [1, 2, 3] as const;
const WEEKDAYS = [1, 2, 3, 4, 5, 6, 7] as const;

/** A plan of any week, kind and policy for missed windows, valid as `checkPlan` has it. Its name says how it came about. */
export function randomPlan(random: Random, name: string): Plan {
  if (random.fraction() < 0.15) return makePlan({ name, kind: 'nightly', releaseWeek: pick(random, [3, 4]) });
  const choice: PlanChoice = {
    name,
    releaseWeek: pick(random, WEEKS),
    weekday: pick(random, WEEKDAYS),
    hour: random.between(0, 23),
    windowMinutes: pick(random, [180, 240, 360, 720]),
    leadHours: pick(random, [30, 48, 48, 72]),
  };
  switch (pick(random, ['next', 'next', 'latest', 'catch-up', 'skip', 'extra', 'once', 'daily'] as const)) {
    case 'next':
      return makePlan(choice);
    case 'latest':
      return makePlan({ ...choice, latestStartMinutes: 60 });
    case 'catch-up':
      return makePlan({ ...choice, missed: { kind: 'catch-up', hours: pick(random, [12, 24, 48]) } });
    case 'skip':
      return makePlan({ ...choice, followUp: false, missed: { kind: 'skip' } });
    case 'extra':
      return makePlan({ ...choice, extraWindows: [extraWindow(random)] });
    case 'once':
      return makePlan({ ...choice, followUp: false });
    case 'daily':
      return makePlan({ ...choice, definitions: 'daily' });
  }
}

function extraWindow(random: Random): Plan['extraWindows'][number] {
  return { weekday: pick(random, WEEKDAYS), hour: random.between(0, 23), windowMinutes: 180 };
}

/** One of several, each as likely. */
export function pick<Item>(random: Random, items: readonly Item[]): Item {
  const item = items[random.between(0, items.length - 1)];
  if (item === undefined) throw new Error('there is nothing to pick from');
  return item;
}
