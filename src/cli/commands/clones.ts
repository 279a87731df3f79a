import { command } from '#cli/command.ts';
import { table } from '#cli/output/layout.ts';
import { shortUtc } from '#cli/output/moments.ts';
import { listClones } from '#contract/endpoints/enrolment.ts';

export const serversClones = command({
  name: 'servers clones',
  group: 'Customers and servers',
  summary: 'Machines that share a client id, and the cure.',
  more: 'Copies of one disk share its id. Machines that come in turns under one id hide behind each other: the reports of one stand for all.',
  run: ({ service }) => service.call(listClones),
  show({ items, cure }, page) {
    const columns = [
      { title: 'Client id' },
      { title: 'Customer' },
      { title: 'Differ in' },
      { title: 'Machine' },
      { title: 'From' },
      { title: 'To' },
    ] as const;
    const rows = items.flatMap(({ clientId, customer, differ, machines }) =>
      machines.map(({ machine, firstSeen, lastSeen }, n) => [
        ...(n === 0 ? [clientId, customer, differ] : [undefined, undefined, undefined]),
        machine,
        shortUtc(firstSeen),
        shortUtc(lastSeen),
      ]),
    );
    const list = table(page, columns, rows, 'No clones: no two machines come under one client id.');
    return items.length === 0 ? list : [list, '', 'On each of them but one, as administrator:', ...cure].join('\n');
  },
});
