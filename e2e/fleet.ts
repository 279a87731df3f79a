import { randomUUID } from 'node:crypto';
import type { TestContext } from 'node:test';
import { importDocuments } from '#contract/endpoints/catalogue.ts';
import { addCustomer, changeCustomer } from '#contract/endpoints/fleet.ts';
import { type TestService, testService } from '#server/api/testing/service.ts';
import { enrol } from '#server/store/servers.ts';
import { type AgentEvent, applyAgentEvents } from '#server/store/status.ts';
import { sampleCatalogue } from '#simulator/sample/sample-catalogue.ts';

/** Friday of the default week: early servers have had their window, default ones are in the lead. */
const AT = '2023-10-20T09:40:00Z';

const CUSTOMERS = [
  { name: 'Contoso', zone: 'Europe/London', plan: 'default' },
  { name: 'Fabrikam', zone: 'Asia/Tokyo', plan: 'early' },
  { name: 'Northwind', zone: 'America/Chicago', plan: 'delayed' },
  { name: 'Tailspin', zone: 'Europe/Zurich', plan: 'default' },
] as const;

const BUILDS = [
  { osBuild: 17763, cumulative: '5031361' },
  { osBuild: 20348, cumulative: '5031364' },
  { osBuild: 14393, cumulative: '5031362' },
] as const;
const ROLES = ['web', 'sql', 'app', 'file', 'dc'];
/** CBS_E_INSTALLERS_FAILED */
const INSTALLERS_FAILED = 0x800f0922 | 0;
/** ERROR_DISK_FULL */
const DISK_FULL = 0x80070070 | 0;
const INSTALLATION_FAILED = 182;
const RESTART_PENDING = 184;
const STATUS_REPORT = 156;

/** A listening service with a fleet as agents report it: most are well, some failed, some wait for a restart, some are not assigned. */
export async function serviceWithFleet(
  t: TestContext,
  servers: number,
): Promise<TestService & { readonly url: string }> {
  const service = await testService(t, AT);
  const { call, pool, app, keeper } = service;
  const sample = sampleCatalogue({ from: '2023-09', to: '2023-10', definitionsEvery: 15 });
  const documents = sample.documents.map(({ name, xml }) => ({ name, xml }));
  const fileUrls = sample.payloads.map(({ sha1 }) => ({ sha1, url: `https://download.windowsupdate.com/${sha1}.cab` }));
  await call(importDocuments, { body: { source: 'sample', documents, fileUrls } });
  const customerIds: string[] = [];
  for (const body of CUSTOMERS) customerIds.push((await call(addCustomer, { body })).customer.customerId);
  await call(changeCustomer, { params: { customer: 'Tailspin' }, body: { mode: 'observe' } });
  const { deployable } = keeper.current().catalogue;
  const byKb = new Map(deployable.map(({ kb, updateId }) => [kb, updateId]));
  const events: AgentEvent[] = [];
  for (let number = 1; number <= servers; number++) {
    const customer = number % 20 === 0 ? undefined : customerIds[number % customerIds.length];
    const name = CUSTOMERS[number % CUSTOMERS.length]?.name.toLowerCase();
    const build = BUILDS[number % BUILDS.length] ?? BUILDS[0];
    const serverId = await enrol(pool, {
      clientId: randomUUID(),
      dnsName: `${ROLES[number % ROLES.length]}${String(number).padStart(2, '0')}.${name}.example`,
      at: hoursAgo((number * 7) % 30),
      ...(customer ? { customerId: customer } : {}),
    });
    if (serverId === undefined) throw new Error('a server was not enrolled');
    await pool.query('update server set os_build = $2, product_type = 3 where server_id = $1', [
      serverId,
      build.osBuild,
    ]);
    events.push(...reportsOf(serverId, number, byKb.get(build.cumulative)));
  }
  await applyAgentEvents(pool, events);
  return { ...service, url: await app.listen({ port: 0, host: '127.0.0.1' }) };
}

function hoursAgo(hours: number): Temporal.Instant {
  return Temporal.Instant.from(AT).subtract({ hours });
}

/** What the agent of a server said last, by its number. */
function reportsOf(serverId: string, number: number, cumulative: string | undefined): AgentEvent[] {
  if (cumulative === undefined || number % 16 === 15) return []; // never reported
  const others = Array.from({ length: 3 }, () => randomUUID().toUpperCase());
  const needed = number % 5 === 1 || number % 13 === 4 || number % 13 === 6;
  const list = needed ? [`U=${cumulative.toUpperCase()}`] : [`V=${cumulative.toUpperCase()}`];
  const status = event(serverId, hoursAgo(10 + (number % 16)), {
    eventId: STATUS_REPORT,
    miscData: [`V=${others.join(';')}`, ...list],
  });
  if (number % 13 === 4) {
    const failure = {
      eventId: INSTALLATION_FAILED,
      hresult: number % 3 === 2 ? INSTALLERS_FAILED : DISK_FULL,
      updateId: cumulative,
    };
    return [status, event(serverId, hoursAgo(number % 9), failure)];
  }
  if (number % 13 === 6)
    return [status, event(serverId, hoursAgo(number % 9), { eventId: RESTART_PENDING, updateId: cumulative })];
  return [status];
}

function event(serverId: string, at: Temporal.Instant, changes: Partial<AgentEvent>): AgentEvent {
  const common = {
    eventInstanceId: randomUUID(),
    serverId,
    eventId: STATUS_REPORT,
    hresult: 0,
    miscData: [],
    details: {},
  };
  return { ...common, timeAtTarget: at, receivedAt: at, ...changes };
}
