import { decidePerson } from '#contract/endpoints/approvals.ts';
import { cycleStart } from '#domain/calendar/patch-tuesday.ts';
import { primaryWindow } from '#domain/calendar/windows.ts';
import { cumulativeUpdate } from '../sample/facts.ts';
import { headlineOf, whyOf } from './ask-why.ts';
import type { DemoService } from './demo-service.ts';
import type { Happening } from './happenings.ts';
import { isDefinition, type KnownUpdate, knownUpdates, shortName } from './known-updates.ts';
import type { Ledger } from './ledger.ts';
import { type DemoServer, planOf, type Scenario, type SpecialRole } from './scenario.ts';
import { type Decline, managedPlan } from './settlement.ts';
import { wavesBeats } from './waves-beats.ts';

/** The cycles that the story tells. */
export const CYCLES = ['2023-10', '2023-11'] as const;

export interface StoryTeller {
  readonly scenario: Scenario;
  readonly service: DemoService;
  readonly ledger: Ledger;
  readonly say: (at: Temporal.Instant, text: string) => void;
  /** Grows with what people decline. */
  readonly declines: Decline[];
}

/** What is told along the way, and what people do meanwhile. */
export function storyBeats(teller: StoryTeller): readonly Happening[] {
  return [
    ...patchTuesdays(teller),
    ...weeklyTallies(teller),
    ...questions(teller),
    decline(teller, '2023-11-16T09:00:00Z'),
    ...wavesBeats(teller),
  ];
}

function patchTuesdays({ service, say }: StoryTeller): readonly Happening[] {
  return CYCLES.map((cycle) => ({
    at: cycleStart(cycle).add({ minutes: 30 }),
    run: async () => {
      const all = [...(await knownUpdates(service)).values()];
      const came = all.filter(
        (update) => !isDefinition(update) && Temporal.Instant.compare(update.published, cycleStart(cycle)) >= 0,
      );
      const count = (verdict: KnownUpdate['verdict']) => came.filter((update) => update.verdict === verdict).length;
      say(
        cycleStart(cycle),
        `Patch Tuesday. ${came.length} updates came: ${count('approve')} are approved by the policy, ` +
          `${count('review')} wait for a person, ${count('not-approve')} are not approved.`,
      );
    },
  }));
}

/** When each week is told of, in days after Patch Tuesday. */
const WEEKS = [
  { name: 'Early week', days: 8.5 },
  { name: 'Default week', days: 15.5 },
  { name: 'Delayed week', days: 22.5 },
  { name: 'First nights of the Managed Operations level', days: 26.5 },
] as const;

/** How far the month has come after each week, by the cumulative update of each server's system. */
function weeklyTallies({ scenario, ledger, say }: StoryTeller): readonly Happening[] {
  const managed = scenario.servers.filter((server) => managedPlan(server) !== undefined);
  return CYCLES.flatMap((cycle) =>
    WEEKS.map(({ name, days }) => {
      const at = cycleStart(cycle).add({ hours: days * 24 });
      const run = async () => {
        const has = managed.filter((server) => {
          const update = cumulativeUpdate(server.system, cycle)?.updateId;
          return update !== undefined && ledger.installedAt(server.dnsName, update) !== undefined;
        });
        say(
          at,
          `${name} is over: ${has.length} of ${managed.length} managed servers have the cumulative update of ${cycle}.`,
        );
      };
      return { at, run };
    }),
  );
}

interface Question {
  readonly role: SpecialRole;
  /** Update id, KB or part of a title; default: October's cumulative update of the server. */
  readonly update?: string;
  /** An instant, or hours after the end of the server's primary window of October. */
  readonly when: string | number;
  readonly intro: string;
}

const QUESTIONS: readonly Question[] = [
  { role: 'office', update: 'KB9000132', when: '2023-10-11T12:00:00Z', intro: 'An Office update is in the catalogue' },
  { role: 'unassigned', when: '2023-10-12T12:00:00Z', intro: 'A server without an enrolment token came' },
  { role: 'observed', when: '2023-10-16T12:00:00Z', intro: 'Borealis Bank lets one server be observed only' },
  { role: 'no-plan', when: '2023-10-16T12:00:00Z', intro: 'Civic Health chose no plan for one server' },
  {
    role: 'office',
    update: 'KB9000133',
    when: '2023-10-18T12:00:00Z',
    intro: 'Microsoft published a feature upgrade for Server 2019',
  },
  {
    role: 'held-out-of-band',
    update: 'KB9000110',
    when: '2023-10-20T18:00:00Z',
    intro: 'An out-of-band update came in the middle of the cycle; it is not rushed',
  },
  { role: 'failing', when: 2, intro: 'An installation failed' },
  { role: 'failing', when: 24 * 7 + 2, intro: 'It failed a second time' },
  { role: 'failing', when: 24 * 14 + 2, intro: 'The third attempt' },
  { role: 'full-disk', when: -5, intro: 'A disk is full' },
  { role: 'off-over-window', when: 2, intro: 'A server was off over its window' },
  { role: 'off-over-window', when: 24 * 7 + 2, intro: 'The follow-up window, one week later' },
  { role: 'lost-network', when: 2, intro: 'A server lost its network before its window' },
  { role: 'lost-network', when: 24 * 7 + 2, intro: 'Its follow-up window' },
];

/** What an operator asks on the way: why is this server (not) offered that? */
function questions({ scenario, service, say }: StoryTeller): readonly Happening[] {
  return QUESTIONS.flatMap(({ role, update, when, intro }) => {
    const server = scenario.servers.find((one) => one.role === role);
    const asked = server && (update ?? cumulativeUpdate(server.system, '2023-10')?.updateId);
    if (server === undefined || asked === undefined) return [];
    const at = typeof when === 'string' ? Temporal.Instant.from(when) : octoberEnd(server).add({ hours: when });
    const run = async () => {
      const answer = await whyOf(service, server.dnsName, asked);
      say(at, `${intro}. Why ${server.dnsName}, ${shortName(answer.update)}? ${headlineOf(answer)}`);
    };
    return [{ at, run }];
  });
}

/** The end of a server's primary window of October. */
function octoberEnd(server: DemoServer): Temporal.Instant {
  const plan = planOf(server);
  if (plan === undefined) throw new Error(`${server.dnsName} has no plan`);
  return primaryWindow(plan, server.region.zone, '2023-10').end;
}

/** A person at one customer declines an update; the servers of the others get it all the same. */
function decline({ scenario, service, say, declines }: StoryTeller, when: string): Happening {
  const at = Temporal.Instant.from(when);
  const customer = 'Civic Health';
  return {
    at,
    run: async () => {
      const update = [...(await knownUpdates(service)).values()].find(({ kb }) => kb === '5032336');
      if (update === undefined) throw new Error('the update that is to be declined is not in the catalogue');
      await service.api.call(decidePerson, {
        body: {
          update: update.updateId,
          decision: 'decline',
          customer,
          who: 'Dana Reyes',
          why: 'The patient portal is not yet certified with it.',
        },
      });
      declines.push({ customer, updateId: update.updateId, at });
      const spared = scenario.servers.filter((server) => server.customer === customer && server.system === '2022');
      say(at, `Dana Reyes declines ${shortName(update)} for ${customer} (${spared.length} servers with 2022).`);
    },
  };
}
