import { addEvidence } from '#contract/endpoints/evidence.ts';
import { importInventory, setInventory } from '#contract/endpoints/inventory.ts';
import { listNotices } from '#contract/endpoints/operation.ts';
import { putReadinessPolicy } from '#contract/endpoints/readiness.ts';
import { putRolloutPlan } from '#contract/endpoints/rollout.ts';
import { isBefore } from '#domain/instants.ts';
import { cumulativeUpdate } from '../sample/facts.ts';
import { headlineOf, whyOf } from './ask-why.ts';
import type { Happening } from './happenings.ts';
import { shortName } from './known-updates.ts';
import type { StoryTeller } from './story-beats.ts';
import { PAIR, WAVES_CUSTOMER, WITHOUT_BACKUP } from './waves-customer.ts';
import { INVENTORY_FILE, READINESS_POLICY, ROLLOUT_PLAN } from './waves-papers.ts';
import { morningRounds } from './waves-person.ts';

const CUSTOMER = WAVES_CUSTOMER.name;

/** What the customer with waves tells the service, and what is told of its pair of domain controllers and of its server without a backup. */
export function wavesBeats(teller: StoryTeller): readonly Happening[] {
  return [
    inventory(teller, '2023-10-09T09:00:00Z'),
    rules(teller, '2023-10-09T10:00:00Z'),
    backupMissing(teller, '2023-10-21T12:00:00Z'),
    ...backups(teller, '2023-10-23T06:00:00Z'),
    pair(teller, '2023-10-22T08:00:00Z'),
    backupThere(teller, '2023-10-29T08:00:00Z'),
    ...morningRounds(teller),
  ];
}

function inventory({ service: { api }, say }: StoryTeller, when: string): Happening {
  const at = Temporal.Instant.from(when);
  const run = async () => {
    const body = { text: INVENTORY_FILE, who: 'Erin Walsh' };
    const tried = await api.call(importInventory, { query: { customer: CUSTOMER }, body });
    const { changed, added } = tried.counts;
    say(at, `${CUSTOMER} has a file of its servers. A dry run shows what it would change: ${changed + added} servers.`);
    const { applied } = await api.call(importInventory, { query: { customer: CUSTOMER, apply: 'true' }, body });
    if (!applied) throw new Error(`the inventory of ${CUSTOMER} was not applied`);
    await api.call(setInventory, {
      params: { server: WITHOUT_BACKUP },
      query: { customer: CUSTOMER },
      body: {
        fields: { owner: { kind: 'team', name: 'Core team', contact: 'core@delta.example' } },
        who: 'Erin Walsh',
        why: 'the file has no owner for it',
      },
    });
    say(at, `It is applied; nobody owned ${WITHOUT_BACKUP}, so Erin Walsh says who does.`);
  };
  return { at, run };
}

function rules({ service: { api }, say }: StoryTeller, when: string): Happening {
  const at = Temporal.Instant.from(when);
  const run = async () => {
    await api.call(putReadinessPolicy, {
      body: { customer: CUSTOMER, text: JSON.stringify(READINESS_POLICY), why: 'no backup, no patching' },
    });
    const { effect } = await api.call(putRolloutPlan, {
      params: { customer: CUSTOMER },
      body: { text: JSON.stringify(ROLLOUT_PLAN), who: 'Erin Walsh', why: 'from pilot to critical, by evidence' },
    });
    const waves = effect.waves.map(({ title, servers }) => `${title} ${servers}`).join(', ');
    say(at, `${CUSTOMER} patches in four waves from now on: ${waves}.`);
  };
  return { at, run };
}

/** The window of the core servers comes; one of them has no backup on record. */
function backupMissing({ service, say }: StoryTeller, when: string): Happening {
  const at = Temporal.Instant.from(when);
  const run = async () => {
    const answer = await whyOf(service, WITHOUT_BACKUP, cumulativeUpdate('2019', '2023-10')?.updateId ?? '');
    say(at, `Why ${WITHOUT_BACKUP}, ${shortName(answer.update)}? ${headlineOf(answer)}`);
    const { items } = await service.api.call(listNotices, { query: { limit: 1000 } });
    const told = items.find(({ kind, customer }) => kind === 'readiness' && customer === CUSTOMER);
    if (told) say(at, `Its owner was told at ${told.at}: "${told.subject}" to ${told.recipient}.`);
  };
  return { at, run };
}

/** From some day on each morning's backup is told by the backup tool. */
function backups({ scenario: { to }, service: { api }, say }: StoryTeller, from: string): readonly Happening[] {
  const first = Temporal.Instant.from(from);
  const happenings: Happening[] = [];
  for (let day = first; isBefore(day, to); day = day.add({ hours: 24 })) {
    const at = day;
    const run = async () => {
      const evidence = {
        server: WITHOUT_BACKUP,
        kind: 'backup',
        ok: true,
        at: at.subtract({ hours: 2 }).toString(),
      } as const;
      await api.call(addEvidence, { body: { customer: CUSTOMER, who: 'backup tool', evidence: [evidence] } });
      if (at === first)
        say(at, `The first backup of ${WITHOUT_BACKUP} is on record, and one each morning from now on.`);
    };
    happenings.push({ at, run });
  }
  return happenings;
}

function pair({ ledger, say }: StoryTeller, when: string): Happening {
  const at = Temporal.Instant.from(when);
  const run = async () => {
    const times = PAIR.flatMap((server) =>
      ledger
        .restarts(server)
        .filter(({ to }) => isBefore(at.subtract({ hours: 24 }), to))
        .map(({ from, to }) => ({ from, text: `${server} was down ${timeOf(from)} to ${timeOf(to)}` })),
    ).sort((one, other) => Temporal.Instant.compare(one.from, other.from));
    say(at, `The domain controllers went one after the other (UTC): ${times.map(({ text }) => text).join('; ')}.`);
  };
  return { at, run };
}

function backupThere({ ledger, say }: StoryTeller, when: string): Happening {
  const at = Temporal.Instant.from(when);
  const run = async () => {
    const installedAt = ledger.installedAt(WITHOUT_BACKUP, cumulativeUpdate('2019', '2023-10')?.updateId ?? '');
    say(at, `${WITHOUT_BACKUP} ${installedAt ? `went in its next window, at ${installedAt}` : 'still waits'}.`);
  };
  return { at, run };
}

function timeOf(at: Temporal.Instant): string {
  return at.toZonedDateTimeISO('UTC').toPlainTime().toString({ smallestUnit: 'minute' });
}
