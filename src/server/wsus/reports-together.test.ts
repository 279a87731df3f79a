import assert from 'node:assert/strict';
import { it } from 'node:test';
import { listRecord, verifyRecord } from '#server/store/record.ts';
import { clientService } from '#server/testing/client-service.ts';
import { answerTo, ask, authorize, enrol, event, identity, type Session } from '#server/testing/wire-client.ts';

const UPDATE = '12345678-0000-4000-8000-000000000001';

it('keeps reports that come at once apart: each is on record once, in its own chain, and stays when another is refused', async (t) => {
  const service = await clientService(t);
  const at = service.now();
  const customers = [await service.addCustomer(1), await service.addCustomer(2)];
  const servers = await Promise.all(
    Array.from({ length: 12 }, (_, n) => enrol(`${service.url}/${customers[n % 2]?.token}`, identity(n), at)),
  );
  const stranger = await authorize(service.url, identity(99), at);
  const report = (session: Session, number: number) => ({
    operation: 'ReportEventBatch' as const,
    cookie: session.cookie,
    clientTime: at,
    eventBatch: [event(session, number, 156, at, { miscData: [`U=${UPDATE}`] })],
  });
  const twice = [...servers, ...servers].map((session, n) => report(session, n % servers.length));
  const outcomes = await Promise.all([
    ...twice.map((request) => answerTo<'ReportEventBatch'>(service.url, request)),
    ask<'ReportEventBatch'>(service.url, report(stranger, 99)),
  ]);
  assert.ok(outcomes.slice(0, -1).every((outcome) => 'accepted' in outcome && outcome.accepted));
  const refused = outcomes.at(-1);
  assert.ok(refused && 'fault' in refused && refused.fault?.errorCode === 'RegistrationRequired');

  for (const { customerId } of customers) {
    const rows = await listRecord(service.pool, customerId, 0, 100);
    const reports = rows.filter(({ what }) => what === 'report');
    assert.equal(reports.length, 6);
    assert.equal(new Set(reports.map(({ who }) => who)).size, 6);
    const verified = await verifyRecord(service.pool, customerId);
    assert.ok(verified.ok, JSON.stringify(verified));
  }
  const { rows } = await service.pool.query<{ events: number; needed: number }>(
    `select (select count(*) from event) as events, (select count(*) from server_update where state = 'needed') as needed`,
  );
  assert.deepEqual(rows, [{ events: 12, needed: 12 }]);
});
