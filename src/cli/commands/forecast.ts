import { wholeNumber } from '#cli/arguments.ts';
import { command } from '#cli/command.ts';
import { many } from '#cli/output/amounts.ts';
import { fit, hanging, pad } from '#cli/output/layout.ts';
import { local, localSpan, utc } from '#cli/output/moments.ts';
import { type Page, strong } from '#cli/output/page.ts';
import { knowledgeBase, updateName } from '#cli/update-name.ts';
import type { EndpointResult } from '#contract/endpoint.ts';
import { forecast as endpoint } from '#contract/endpoints/decision.ts';

type Forecast = EndpointResult<typeof endpoint>;
type ForecastWindow = Forecast['windows'][number];

const MOST_HELD = 40;

export const forecast = command({
  name: 'forecast',
  group: 'Decisions',
  summary: 'What a server will be offered in the coming weeks, as far as is known today.',
  positionals: { server: { value: 'SERVER', description: 'DNS name, server id or client id' } },
  options: { weeks: { type: 'string', value: 'N', description: '1 to 52; default 8' } },
  run({ args, options, service }) {
    const weeks = wholeNumber(options.weeks, '--weeks');
    return service.call(endpoint, { params: args, query: weeks === undefined ? {} : { weeks } });
  },
  show: forecastText,
});

function forecastText({ at, server, zone, mode, windows, held }: Forecast, page: Page): string {
  const condition = {
    managed: '',
    observe: ' It is only observed: this is what being managed would bring.',
    unassigned: ' It belongs to no customer: nothing is offered to it.',
  }[mode];
  const known = hanging(page, '', `${server}, as known ${utc(at)}, ${local(at, zone)}.${condition}`);
  const none = 'No window in these weeks: the server has no plan.';
  const seen = new Set<string>();
  const blocks = windows.map((one) => windowText(one, seen, zone, page));
  return [strong(page, known), ...(blocks.length === 0 ? [none] : blocks), ...heldText(held, page)].join('\n\n');
}

/** One window. What an earlier one took already is only counted: a follow-up window is for what is left. */
function windowText(
  { window, leadFrom, updates, work }: ForecastWindow,
  seen: Set<string>,
  zone: string,
  page: Page,
): string {
  const kind = window.primary ? 'primary' : 'follow-up';
  const fresh = updates.filter(({ updateId }) => !seen.has(updateId));
  for (const { updateId } of fresh) seen.add(updateId);
  const left = updates.length - fresh.length;
  const lines = fresh.map(({ needed, kb, title }) => {
    return fit(`  ${pad(needed ? 'needed' : 'if needed', 9)}  ${pad(knowledgeBase(kb), 9)}  ${title}`, page.width);
  });
  const conditions = new Set(fresh.flatMap(({ condition }) => condition?.text ?? []));
  return [
    strong(page, localSpan(window.start, window.end, zone)),
    `  ${utc(window.start)} to ${utc(window.end)}, cycle ${window.cycle}, ${kind}; offered from ${local(leadFrom, zone)}`,
    ...lines,
    ...work.map(({ title, tool, start, end, restarts }) =>
      fit(`  ${localSpan(start, end, zone)}  ${title}, by ${tool}${restarts ? ', restarts' : ''}`, page.width),
    ),
    ...[...conditions].map((text) => hanging(page, '  if: ', text)),
    ...(left > 0 ? [`  what is left of ${many(left, 'update')} of the windows before`] : []),
    ...(updates.length + work.length === 0 ? ['  nothing that is known today'] : []),
  ].join('\n');
}

function heldText(held: Forecast['held'], page: Page): readonly string[] {
  if (held.length === 0) return [];
  const lines = held.slice(0, MOST_HELD).map(({ kb, title, text, code }) => {
    return hanging(page, '  - ', `${updateName({ kb, title })}: ${text} (${code})`);
  });
  const rest = held.length - MOST_HELD;
  return [
    [strong(page, 'In no window'), ...lines, ...(rest > 0 ? [`  and ${rest} more; --json lists all`] : [])].join('\n'),
  ];
}
