import { command } from '#cli/command.ts';
import { andMore, LIST_OPTIONS, listed } from '#cli/lists.ts';
import { defined } from '#cli/members.ts';
import { many } from '#cli/output/amounts.ts';
import { lateness } from '#cli/output/lateness.ts';
import { table } from '#cli/output/layout.ts';
import { shortUtc, utc } from '#cli/output/moments.ts';
import { SCOPE_OPTIONS, scopeOf, whom } from '#cli/scope.ts';
import type { EndpointResult } from '#contract/endpoint.ts';
import { addPause, liftPause, listPauses } from '#contract/endpoints/control.ts';

const WHY = { type: 'string', required: true, description: 'the reason, for the record' } as const;
const WHO = { type: 'string', value: 'NAME', description: "who decides; default: the token's name" } as const;
const STATES = ['in-force', 'to-come', 'past'] as const;

export const pauseAdd = command({
  name: 'pause add',
  group: 'Decisions',
  summary: 'Offer nothing to a server, a group, a customer or all, until an instant.',
  more: 'What a server was told before is not taken back for certain: it may act on it until it asks again. docs/delivery.md explains it.',
  options: {
    ...SCOPE_OPTIONS,
    starts: { type: 'string', value: 'INSTANT', description: 'default: now' },
    ends: {
      type: 'string',
      value: 'INSTANT',
      required: true,
      description: 'e.g. 2026-01-05T06:00:00Z; at most 90 days after it starts',
    },
    why: WHY,
    who: WHO,
  },
  async run({ options: { all, customer, group, server, starts, ends, why, who }, service }) {
    const scope = scopeOf({ all, customer, group, server });
    return service.call(addPause, { body: { scope, ends, why, ...defined({ customer, group, server, starts, who }) } });
  },
  show: (pause, page) =>
    `Paused: ${whom(pause)}, ${span(pause)}. Lift it with: pause lift ${pause.pauseId}\n${lateness(pause, page)}`,
});

export const pauseList = command({
  name: 'pause list',
  group: 'Decisions',
  summary: 'Pauses in force, to come and past, with what they make late.',
  options: { state: { type: 'string', choices: STATES, description: 'only these; default: all' }, ...LIST_OPTIONS },
  run({ options, service }) {
    const state = STATES.find((one) => one === options.state);
    return listed(options, (query) => service.call(listPauses, { query: { ...query, ...defined({ state }) } }));
  },
  show(list, page) {
    const columns = [
      { title: 'Pause' },
      { title: 'State' },
      { title: 'For' },
      { title: 'From' },
      { title: 'To' },
      { title: 'Late', right: true },
      { title: 'Who' },
      { title: 'Why' },
    ] as const;
    const rows = list.items.map((pause) => [
      pause.pauseId,
      pause.lifted ? `lifted by ${pause.lifted.who}` : pause.state,
      whom(pause),
      shortUtc(pause.starts),
      shortUtc(pause.lifted?.at ?? pause.ends),
      pause.lateServers === undefined ? '' : many(pause.lateServers, 'server'),
      pause.who,
      pause.why,
    ]);
    return table(page, columns, rows, 'No pauses.') + andMore(list);
  },
});

export const pauseLift = command({
  name: 'pause lift',
  group: 'Decisions',
  summary: 'End a pause before its time.',
  positionals: { pause: { value: 'ID', description: 'the id, as `pause list` prints it' } },
  options: { why: WHY, who: WHO },
  run: ({ args, options: { why, who }, service }) =>
    service.call(liftPause, { params: args, query: { why, ...defined({ who }) } }),
  show: (pause) => `Lifted: the pause of ${whom(pause)}. Other pauses stay in force.`,
});

type Shown = EndpointResult<typeof addPause>;

function span({ starts, ends }: Shown): string {
  return `from ${utc(starts)} to ${utc(ends)}`;
}
