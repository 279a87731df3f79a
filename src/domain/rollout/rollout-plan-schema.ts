import { z } from 'zod';
import { KINDS, type Kind } from '#domain/approval/kinds.ts';
import { oneOrMore, word } from '#domain/approval/matcher.ts';
import { type DataProblem, type FileReading, readYamlFile } from '#domain/approval/yaml-file.ts';
import { ENVIRONMENTS, TIERS } from '#domain/fleet/inventory.ts';
import { ROLE_NAMES } from '#domain/fleet/roles.ts';
import type { AtOnce, Gate, Placement, RolloutPlan } from '#domain/rollout/rollout-plan.ts';

const MAX_COUNT = 1_000_000;
const MAX_HOURS = 24 * 92;
const MAX_WAVES = 12;
const MAX_RULES = 200;

const WAVE_KINDS: readonly Kind[] = KINDS.filter((kind) => kind !== 'definitions');
/** What the gates of release weeks, and the servers that no rule places, are called. */
const RESERVED: readonly string[] = ['week-2', 'week-3', 'week-4', 'unplaced'];
const PRINTABLE = /^[^\p{Cc}]*$/u;

const name = z
  .string('A name.')
  .regex(/^[a-z0-9][a-z0-9-]{0,62}$/, 'A name has lower-case letters, digits and hyphens, at most 63.');
const label = line(100);
const flag = z.boolean('Allowed: true, false.');
const addresses = z.array(z.email('A mail address.').max(254), 'A list of mail addresses.').max(20, 'At most 20.');

/** Also as people write it: `5`, `10 %`, `by-size`, `all`. */
const atOnce: z.ZodType<AtOnce> = z.preprocess(
  atOnceOf,
  z.discriminatedUnion(
    'kind',
    [
      z.strictObject({ kind: z.literal('servers'), servers: wholeNumber(1, MAX_COUNT) }),
      z.strictObject({ kind: z.literal('percent'), percent: wholeNumber(1, 100) }),
      z.strictObject({ kind: z.literal('by-size') }),
      z.strictObject({ kind: z.literal('all') }),
    ],
    'A number of servers, a share such as 10 %, by-size, or all.',
  ),
);

const gate: z.ZodType<Gate> = z
  .strictObject({
    minVerified: wholeNumber(0, MAX_COUNT).default(1),
    minPercent: wholeNumber(0, 100).default(90),
    maxFailures: wholeNumber(0, MAX_COUNT).default(0),
    soakHours: wholeNumber(0, MAX_HOURS).default(24),
    noIncident: flag.default(true),
    ownerTest: z.enum(['none', 'one', 'each-owner'], 'Allowed: none, one, each-owner.').default('none'),
    go: flag.default(false),
    timeoutHours: wholeNumber(1, MAX_HOURS).exactOptional(),
    tell: addresses.default([]),
    escalation: z
      .strictObject({ afterHours: wholeNumber(1, MAX_HOURS), to: addresses.min(1, 'Name somebody.') })
      .exactOptional(),
  })
  .refine(({ escalation, timeoutHours }) => escalation === undefined || timeoutHours !== undefined, {
    path: ['escalation'],
    message: 'It begins with the time-out: give timeoutHours too.',
  });

const wave = z.strictObject({
  name,
  title: label.exactOptional(),
  atOnce: atOnce.default({ kind: 'by-size' }),
  gate: gate.prefault({}),
});

const when: z.ZodType<Placement['when']> = z.strictObject({
  roles: oneOrMore(word('role', ROLE_NAMES)).exactOptional(),
  applications: oneOrMore(line(200)).exactOptional(),
  environment: oneOrMore(word('environment', ENVIRONMENTS)).exactOptional(),
  tier: oneOrMore(word('tier', TIERS)).exactOptional(),
  exposure: oneOrMore(word('exposure', ['internet', 'internal'])).exactOptional(),
  group: oneOrMore(line(200)).exactOptional(),
  name: oneOrMore(line(255)).exactOptional(),
  releaseWeek: oneOrMore(wholeNumber(1, 4)).exactOptional(),
});

const rolloutPlan = z
  .strictObject({
    name,
    kinds: z
      .array(z.enum(WAVE_KINDS, `Allowed: ${WAVE_KINDS.join(', ')}. Definitions never wait.`), 'A list.')
      .min(1, 'Name at least one.')
      .refine(isSet, 'One is named twice.')
      .default([...WAVE_KINDS]),
    waves: z.array(wave, 'A list of waves.').min(1, 'At least one wave.').max(MAX_WAVES, `At most ${MAX_WAVES} waves.`),
    placement: z
      .array(z.strictObject({ wave: name, when: when.default({}) }), 'A list of rules.')
      .min(1, 'At least one rule.')
      .max(MAX_RULES, `At most ${MAX_RULES} rules.`),
    weekGate: gate.exactOptional(),
    twoPersons: flag.default(false),
  })
  .transform(
    (plan): RolloutPlan => ({ ...plan, waves: plan.waves.map((one) => ({ ...one, title: one.title ?? one.name })) }),
  );

const KEYS = [
  ...['name', 'kinds', 'waves', 'placement', 'weekGate', 'twoPersons', 'title', 'atOnce', 'gate', 'wave', 'when'],
  ...['minVerified', 'minPercent', 'maxFailures', 'soakHours', 'noIncident', 'ownerTest', 'go', 'timeoutHours', 'tell'],
  ...['escalation', 'afterHours', 'to', 'servers', 'percent', 'kind', 'roles', 'applications', 'environment', 'tier'],
  ...['exposure', 'group', 'releaseWeek'],
];

/** The rollout plan of a file of YAML or JSON, its defaults filled in; or every problem with its line. */
export function readRolloutPlan(text: string): FileReading<RolloutPlan> {
  return readYamlFile(text, { schema: rolloutPlan, keys: KEYS, further: contradictions });
}

/** Names that stand twice or mean something else, and rules for waves that there are not; of any data, so that they are told with all else that is wrong. */
function contradictions(raw: unknown): DataProblem[] {
  const named = z
    .object({
      waves: z.array(z.looseObject({ name: z.string() }).catch({ name: '' })).catch([]),
      placement: z.array(z.looseObject({ wave: z.string() }).catch({ wave: '' })).catch([]),
    })
    .safeParse(raw);
  if (!named.success) return [];
  const names = named.data.waves.map((one) => one.name);
  const repeated = names.flatMap((one, place): DataProblem[] =>
    one !== '' && names.indexOf(one) < place
      ? [{ path: ['waves', place, 'name'], message: 'Another wave has the same name.' }]
      : [],
  );
  const reserved = names.flatMap((one, place): DataProblem[] =>
    RESERVED.includes(one)
      ? [{ path: ['waves', place, 'name'], message: `A wave cannot have one of these names: ${RESERVED.join(', ')}.` }]
      : [],
  );
  const unknown = named.data.placement.flatMap((rule, place): DataProblem[] =>
    rule.wave === '' || names.includes(rule.wave)
      ? []
      : [{ path: ['placement', place, 'wave'], message: 'There is no wave of this name.' }],
  );
  return [...repeated, ...reserved, ...unknown];
}

function atOnceOf(value: unknown): unknown {
  if (typeof value === 'number') return { kind: 'servers', servers: value };
  if (value === 'all' || value === 'by-size') return { kind: value };
  const [, percent] = typeof value === 'string' ? (/^(\d{1,3}) ?%$/.exec(value) ?? []) : [];
  return percent === undefined ? value : { kind: 'percent', percent: Number(percent) };
}

function isSet(items: readonly string[]): boolean {
  return new Set(items).size === items.length;
}

/** Text without control characters: it goes into records, logs and terminals. */
function line(longest: number) {
  const message = `One line of 1 to ${longest} characters.`;
  return z.string(message).trim().min(1, message).max(longest, message).regex(PRINTABLE, message);
}

function wholeNumber(from: number, to: number): z.ZodInt {
  const message = `A whole number from ${from} to ${to}.`;
  return z.int(message).min(from, message).max(to, message);
}
