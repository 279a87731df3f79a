import { contentMissing, importDocuments } from '#contract/endpoints/catalogue.ts';
import { addCustomer, changeServer, putPlan } from '#contract/endpoints/fleet.ts';
import { publishedBetween, type SampleCatalogue } from '../sample/sample-catalogue.ts';
import type { DemoService } from './demo-service.ts';
import type { DemoServer, Scenario } from './scenario.ts';

/** Adds the scenario's plans and customers; returns each customer's enrolment token. */
export async function addPlansAndCustomers({ api }: DemoService, scenario: Scenario): Promise<Map<string, string>> {
  for (const { name, ...draft } of scenario.plans) await api.call(putPlan, { params: { plan: name }, body: draft });
  const tokens = new Map<string, string>();
  for (const { name, regions } of scenario.customers) {
    const [home] = regions;
    if (home === undefined) throw new Error(`${name} has no region`);
    const { token } = await api.call(addCustomer, { body: { name, zone: home.zone, region: home.name } });
    tokens.set(name, token);
  }
  return tokens;
}

/** Gives every enrolled server its zone and what its customer chose. */
export async function assignServers(service: DemoService, servers: readonly DemoServer[]): Promise<void> {
  const waiting = servers.filter(({ customer }) => customer !== undefined).values();
  const worker = async () => {
    for (const { dnsName, region, plan, mode } of waiting) {
      const body = { zone: region.zone, mode, ...(plan === undefined ? {} : { plan }) };
      await service.api.call(changeServer, { params: { server: dnsName }, body });
    }
  };
  await Promise.all([worker(), worker(), worker(), worker()]);
}

/**
 * Imports what came out after one instant and until another, and supplies the payload files that the service then misses of approved
 * updates.
 */
export async function importPublished(
  service: DemoService,
  catalogue: SampleCatalogue,
  after: Temporal.Instant | undefined,
  until: Temporal.Instant,
): Promise<void> {
  const documents = publishedBetween(catalogue, after, until).map(({ name, xml }) => ({ name: `${name}.xml`, xml }));
  const { skipped } = await service.api.call(importDocuments, { body: { source: 'sample catalogue', documents } });
  const [first] = skipped;
  if (first !== undefined) throw new Error(`${first.name} was not imported: ${first.message}`);
  const missing = await service.api.call(contentMissing, { query: { limit: 1000 } });
  for (const { sha1 } of missing.items) {
    const bytes = catalogue.payload(sha1);
    if (bytes !== undefined) await service.upload(sha1, bytes);
  }
}

/** When the catalogue is fetched: a quarter of an hour after the last publication of each day, in order, all after an instant. */
export function importTimes(catalogue: SampleCatalogue, after: Temporal.Instant): readonly Temporal.Instant[] {
  const lastOfDay = new Map<string, string>();
  for (const { published } of catalogue.documents) lastOfDay.set(published.slice(0, 10), published);
  return [...lastOfDay.values()]
    .map((published) => Temporal.Instant.from(published))
    .filter((published) => Temporal.Instant.compare(published, after) > 0)
    .map((published) => published.round({ smallestUnit: 'minute', roundingMode: 'ceil' }).add({ minutes: 15 }));
}
