import { OVERLAP_RULE } from '#domain/calendar/overlaps.ts';

/** Rules of one kind, the one that wins first. */
export interface Precedence {
  readonly name: 'update' | 'approval' | 'time' | 'server' | 'windows';
  readonly title: string;
  readonly rules: readonly string[];
}

/** Which rule wins where several speak. The one list: what people are shown, in every place, is this. */
export const CONFLICT_ORDER: readonly Precedence[] = [
  {
    name: 'update',
    title: 'Is an update offered to a server? Every question can hold it; the first that does is the headline',
    rules: [
      'Catalogue: expired, declined and replaced updates are not offered, whoever approved them. A replaced one goes on only while its successor is held.',
      'Approval: what is not approved is not offered; the order within is below.',
      'Licence and payload: licence terms that nobody accepted, or a missing file, hold an approved update.',
      'Brake, then pause: both beat every approval, a request at the customer’s own responsibility too. The brake holds one update everywhere, a pause all updates for its scope.',
      'Loop of installations: an update that a server reported as installed three times within seven days waits for a person.',
      'Mode: a server that is unassigned, only observed or without a plan is offered nothing.',
      'Release: the plan’s release week and soak hold an approved update until their time; definition updates belong to none.',
      'Wave and order: what goes in waves waits until the server was given its turn, in its wave, its redundancy group and its order; the turn is for one window.',
      'Readiness: what the server’s tier demands (a fresh backup, a restore test, room on the disk …) must be there; a person’s override, with its end, beats it. A freeze takes the window away, and so do the server’s own hours.',
      'Window: outside of the lead and the window of its plan nothing is offered; definition updates need none.',
    ],
  },
  {
    name: 'approval',
    title: 'Who approves? The first level that has a word decides',
    rules: [
      'A person’s word for the one server.',
      'A person’s word for the customer.',
      'A person’s word for all customers.',
      'The policy: of its rules, read from top to bottom, the first that speaks; where none does, review.',
      'Within a level a decline beats an approval, and of equal words the later one counts.',
    ],
  },
  {
    name: 'time',
    title: 'Several pauses for one server',
    rules: [
      'They add up: nothing is offered until the last of them has ended. Lifting one leaves the others in force.',
    ],
  },
  {
    name: 'server',
    title: 'Which plan, zone and mode has a server?',
    rules: [
      'Its own plan and zone before its customer’s.',
      'A customer’s own plan before one of the same name for all, and that before a shipped one.',
      'Observe beats managed: a customer that is only observed holds all its servers there.',
    ],
  },
  { name: 'windows', title: 'Windows that meet', rules: [OVERLAP_RULE] },
];
