import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import type { TestContext } from 'node:test';
import { addCustomer } from '#contract/endpoints/fleet.ts';
import { linkMachines } from '#server/store/machines-link.ts';
import { enrol } from '#server/store/servers.ts';
import { type TestService, testService } from './service.ts';

const AT = '2023-10-12T00:00:00Z';
/** The reason of every change in tests of the inventory. */
export const WHY = 'so it is';

/** A service with the customer Contoso, whose servers enrol by name and are linked. */
export async function inventoryService(
  t: TestContext,
): Promise<TestService & { enrol(name: string): Promise<string> }> {
  const all = await testService(t, AT);
  const { customer } = await all.call(addCustomer, { body: { name: 'Contoso', zone: 'Europe/London' } });
  return {
    ...all,
    async enrol(dnsName) {
      const claim = { clientId: randomUUID(), dnsName, customerId: customer.customerId, at: all.clock.now() };
      const serverId = (await enrol(all.pool, claim)) ?? assert.fail('not enrolled');
      await all.pool.query('update server set os_build = 17763, product_type = 3 where server_id = $1', [serverId]);
      await linkMachines(all.pool, all.clock.now());
      return serverId;
    },
  };
}

/** An inventory file of these lines. */
export function file(...lines: string[]): { text: string; why: string } {
  return { text: lines.join('\r\n'), why: WHY };
}
