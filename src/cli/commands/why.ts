import { command } from '#cli/command.ts';
import { displayWidth, fields, hanging, pad } from '#cli/output/layout.ts';
import { both } from '#cli/output/moments.ts';
import { mark, type Page, strong } from '#cli/output/page.ts';
import { updateName } from '#cli/update-name.ts';
import type { EndpointResult } from '#contract/endpoint.ts';
import { why as endpoint } from '#contract/endpoints/decision.ts';

type Why = EndpointResult<typeof endpoint>;
type Answer = Why['answers'][number];

/** The questions as people call them; one that is not here is shown by its own name. */
const QUESTIONS: Readonly<Record<string, string>> = {
  catalogue: 'Catalogue',
  approval: 'Approval',
  'licence-payload': 'Licence, files',
  exception: 'Exception',
  mode: 'Mode',
  emergency: 'Emergency',
  release: 'Release',
  wave: 'Wave, order',
  readiness: 'Readiness',
  window: 'Window',
};
const STATES: Readonly<Record<Why['reported']['state'], string>> = {
  needed: 'needed',
  downloaded: 'downloaded, not yet installed',
  installed: 'installed',
  'pending-restart': 'installed, waits for a restart',
  failed: 'failed',
  'not-applicable': 'not applicable',
  unknown: 'nothing yet',
};

export const why = command({
  name: 'why',
  group: 'Decisions',
  summary: 'Why a server is, or is not, offered an update, and when that changes.',
  positionals: {
    server: { value: 'SERVER', description: 'DNS name, server id or client id' },
    update: { value: 'UPDATE', description: 'KB number, update id, or part of a title that fits one' },
  },
  options: {
    at: { type: 'string', value: 'INSTANT', description: 'ask for another instant, e.g. 2023-10-22T01:00:00Z' },
  },
  run: ({ args, options: { at }, service }) =>
    service.call(endpoint, { params: args, query: at === undefined ? {} : { at } }),
  show: whyText,
});

function whyText(answer: Why, page: Page): string {
  const { server, update, answers, links } = answer;
  const width = Math.max(...answers.map(({ question }) => displayWidth(QUESTIONS[question] ?? question)));
  const subject = fields(page, [
    ['Server', `${server.dnsName}, ${server.plan === undefined ? 'no plan' : `plan ${server.plan}`}, ${server.zone}`],
    ['Update', `${updateName(update)}, revision ${update.revisionNumber}`],
    ['Asked for', `${both(answer.at, server.zone)} in ${server.zone}${answer.simulated ? ' (SIMULATED CLOCK)' : ''}`],
  ]);
  return [
    strong(page, hanging(page, '', answer.headline)),
    subject,
    answers.map((one) => answerText(one, width, server.zone, page)).join('\n'),
    fields(page, [...offerLines(answer), ...reportLines(answer)]),
    [links.knowledgeBase, links.securityUpdateGuide].filter(Boolean).join('\n'),
  ]
    .filter(Boolean)
    .join('\n\n');
}

/** One question: what was found, or each reason with its code and its own end. */
function answerText({ question, held, text, reasons }: Answer, width: number, zone: string, page: Page): string {
  const head = `${mark(page, !held)} ${pad(QUESTIONS[question] ?? question, width)}  `;
  if (reasons.length === 0) return hanging(page, head, text);
  const indent = ' '.repeat(displayWidth(head));
  const lines = reasons.flatMap((reason, index) => {
    const subject = reason.subject === undefined ? '' : ` (${reason.subject})`;
    const until = reason.until === undefined ? '' : `, until ${both(reason.until, zone)}`;
    const facts = hanging(page, indent, `${reason.code}${subject}${until}`);
    return [hanging(page, index === 0 ? head : indent, reason.text), facts];
  });
  return lines.join('\n');
}

function offerLines({ server: { zone }, offered, phase, window, deadline, nextChange, knownBy }: Why): Pairs {
  const aim =
    window && `${both(window.start, zone)}, ${window.primary ? 'primary' : 'follow-up'} window of ${window.cycle}`;
  const phases = {
    lead: 'yes, ahead of the window',
    window: 'yes, in the window',
    'catch-up': 'yes, catching up on a missed window',
    always: 'yes, at each scan',
  } as const;
  return [
    ['Offered', offered ? (phase === undefined ? 'yes' : phases[phase]) : 'no'],
    ['Window opens', aim],
    ['Deadline', deadline && both(deadline, zone)],
    [
      'Next change',
      nextChange === undefined ? 'not by time alone: a person or a new fact must change it' : both(nextChange, zone),
    ],
    ['Known by', knownBy && `${both(knownBy, zone)}, if the server scans as usual`],
  ];
}

function reportLines({ server: { zone }, reported, outside, told }: Why): Pairs {
  const claim = reported.provisional ? ', before its next status report' : '';
  const since = reported.since === undefined ? '' : ` since ${both(reported.since, zone)}`;
  const withdrawn = told?.withdrawnAt === undefined ? '' : `; withdrawn ${both(told.withdrawnAt, zone)}`;
  return [
    ['Reported', `${STATES[reported.state]}${since}${claim}`],
    ['Outside', outside && `its windows, as they are now. ${outside.text} (${outside.code})`],
    [
      reported.state === 'failed' ? 'Result' : 'Last error',
      reported.result && [reported.result, reported.meaning].filter(Boolean).join(': '),
    ],
    [
      'Told',
      told
        ? `offered ${both(told.at, zone)}${told.deadline === undefined ? '' : `, deadline ${both(told.deadline, zone)}`}${withdrawn}`
        : 'nothing yet',
    ],
  ];
}

type Pairs = readonly (readonly [string, string | undefined])[];
