import { command } from '#cli/command.ts';
import { utc } from '#cli/output/moments.ts';
import { moveClock, showClock } from '#contract/endpoints/service.ts';

export const clock = command({
  name: 'clock',
  alias: 'clock show',
  group: 'Trying out',
  summary: "The service's clock: real, or simulated.",
  run: ({ service }) => service.call(showClock),
  show: ({ clock: kind, at }) => (kind === 'simulated' ? `SIMULATED: it stands at ${utc(at)}` : `Real: ${utc(at)}`),
});

export const clockAdvance = command({
  name: 'clock advance',
  group: 'Trying out',
  summary: 'Move a simulated clock on by a duration; returns when the service has settled.',
  positionals: { duration: { value: 'DURATION', description: 'ISO 8601, e.g. PT1H, P2DT6H, P1W' } },
  run: ({ args, service }) => service.call(moveClock, { body: { advance: args.duration } }),
  show: ({ at }) => `SIMULATED: it stands at ${utc(at)}`,
});

export const clockTo = command({
  name: 'clock to',
  group: 'Trying out',
  summary: 'Move a simulated clock to an instant; returns when the service has settled.',
  positionals: { instant: { value: 'INSTANT', description: 'not before the present one, e.g. 2023-10-22T01:00:00Z' } },
  run: ({ args, service }) => service.call(moveClock, { body: { to: args.instant } }),
  show: ({ at }) => `SIMULATED: it stands at ${utc(at)}`,
});
