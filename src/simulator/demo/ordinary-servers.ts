import { createRandom } from '../agent/random.ts';
import type { SampleSystem } from '../sample/operating-systems.ts';
import type { DemoCustomer, DemoServer } from './scenario.ts';

/** One in five runs 2016, the others 2019 and 2022. */
const SYSTEMS: readonly SampleSystem[] = ['2019', '2022', '2016', '2022', '2019'];

/** Healthy servers with a plan, spread evenly over customers, their regions, systems and plans. */
export function ordinaryServers(
  customers: readonly DemoCustomer[],
  count: number,
  seed: string,
): readonly DemoServer[] {
  const random = createRandom(`${seed} servers`);
  return Array.from({ length: count }, (_, index) => {
    const customer = at(customers, index);
    const number = Math.floor(index / customers.length);
    const region = at(customer.regions, number);
    // Regions, plans and systems turn at different speeds, so that every combination comes up.
    const plan = at(customer.plans, Math.floor(number / customer.regions.length) + number);
    const label = `srv${String(number + 1).padStart(3, '0')}`;
    return {
      dnsName: `${label}.${region.name.toLowerCase()}.${customer.domain}`,
      clientId: random.guid().toLowerCase(),
      customer: customer.name,
      region,
      system: at(SYSTEMS, number + index),
      plan,
      mode: 'managed',
      settingsTask: plan === 'managed-operations' || number % 6 === 0,
      software: [],
      off: [],
      networkLost: [],
      failures: [],
    };
  });
}

function at<Item>(items: readonly Item[], index: number): Item {
  const item = items[index % items.length];
  if (item === undefined) throw new Error('nothing to choose from');
  return item;
}
