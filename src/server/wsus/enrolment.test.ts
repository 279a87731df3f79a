import assert from 'node:assert/strict';
import { test } from 'node:test';
import { replaceCustomerToken } from '#server/store/customers.ts';
import { listServerNames } from '#server/store/enrolment.ts';
import { assignServer, findServerByClientId } from '#server/store/servers.ts';
import { AFTER_PATCH_TUESDAY as AT, type ClientService, clientService } from '#server/testing/client-service.ts';
import { sha256 } from '#server/testing/sample.ts';
import { answerTo, enrol, faultTo, type Identity, identity } from '#server/testing/wire-client.ts';

const UNKNOWN = `st-${'a'.repeat(32)}`;

test('who claims the id of a server that a token enrolled comes with a token of its customer, or gets no session', async (t) => {
  const service = await clientService(t);
  const [one, two] = [await service.addCustomer(1), await service.addCustomer(2)];
  await enrol(`${service.url}/${one.token}`, identity(1), AT);
  const before = await findServerByClientId(service.pool, identity(1).clientId);
  const thief = { ...identity(1), dnsName: 'thief.example.com' };
  for (const base of [service.url, `${service.url}/${UNKNOWN}`, `${service.url}/${two.token}`])
    assert.equal(await faultOfClaim(base, thief), 'InvalidAuthorizationCookie', base);
  assert.deepEqual(await findServerByClientId(service.pool, identity(1).clientId), before, 'nothing is noted');
  assert.deepEqual(codes(service), ['conflict', 'conflict', 'conflict']);
  const asGroup = { ...identity(1), targetGroupName: `Web;${one.token}` };
  await enrol(service.url, asGroup, AT);
});

test('a server that a person assigned goes on without a token; an unknown token on a new server is none', async (t) => {
  const service = await clientService(t);
  const { customerId } = await service.addCustomer(1);
  await enrol(`${service.url}/${UNKNOWN}`, identity(1), AT);
  const server = await findServerByClientId(service.pool, identity(1).clientId);
  assert.equal(server?.customerId, null);
  await assignServer(service.pool, server?.serverId ?? '', customerId);
  await enrol(service.url, identity(1), AT);
  await enrol(`${service.url}/${UNKNOWN}`, identity(1), AT);
  assert.equal((await findServerByClientId(service.pool, identity(1).clientId))?.customerId, customerId);
});

test('a former token proves whose a known server is, and enrols nobody', async (t) => {
  const service = await clientService(t);
  const { customerId, token } = await service.addCustomer(1);
  await enrol(`${service.url}/${token}`, identity(1), AT);
  await replaceCustomerToken(service.pool, customerId, sha256('the next one'), AT);
  await service.factsChanged();
  await enrol(`${service.url}/${token}`, identity(1), AT);
  await enrol(service.url, { ...identity(1), targetGroupName: token }, AT);
  assert.equal(await faultOfClaim(`${service.url}/${token}`, identity(2)), 'InvalidAuthorizationCookie');
  assert.equal(await findServerByClientId(service.pool, identity(2).clientId), undefined);
  assert.deepEqual(codes(service), ['former-token']);
  assert.ok(!service.log.join('').includes(token));
  await enrol(`${service.url}/the next one`.replaceAll(' ', '%20'), identity(2), AT);
});

test('the first target group that is no token becomes the group, and no secret ever does', async (t) => {
  const service = await clientService(t);
  const { token } = await service.addCustomer(1);
  const group = async (number: number, targetGroupName: string) => {
    await enrol(`${service.url}/${token}`, { ...identity(number), targetGroupName }, AT);
    return (await findServerByClientId(service.pool, identity(number).clientId))?.targetGroup;
  };
  assert.equal(await group(1, `${token}; SQL ;Web`), 'SQL');
  assert.equal(await group(2, UNKNOWN), null);
  assert.equal(await group(3, `${'x'.repeat(64)};<b>;'--;-a;\u00e9;Web 1.0_b`), 'Web 1.0_b');
  assert.equal(await group(4, ''), null);
  assert.equal(await group(5, `${'a;'.repeat(15)}`.replaceAll('a', ' ')), null);
});

test('names under which one id comes are noted, with what the machine says of its hardware', async (t) => {
  const service = await clientService(t);
  const { token } = await service.addCustomer(1);
  const base = `${service.url}/${token}`;
  await enrol(base, identity(1), AT);
  await enrol(base, { ...identity(1), dnsName: 'copy.example.com' }, AT);
  const [found] = await listServerNames(service.pool, AT, 10);
  const machines = found?.names.map(({ machine }) => machine) ?? [];
  assert.ok(machines.includes('srv1.example.com') && machines.includes('copy.example.com'), machines.join());
  assert.ok(machines.some((machine) => machine.startsWith('srv1.example.com | ')));
});

function codes({ log }: ClientService): readonly string[] {
  return log.flatMap((line) => JSON.parse(line).code ?? []);
}

/** The fault with which GetCookie answers somebody who authorized himself. */
async function faultOfClaim(base: string, who: Identity): Promise<string> {
  const { config } = await answerTo<'GetConfig'>(base, { operation: 'GetConfig', protocolVersion: '2.50' });
  const claim = { operation: 'GetAuthorizationCookie', ...who } as const;
  const { authorizationCookie } = await answerTo<'GetAuthorizationCookie'>(base, claim);
  const [code] = await faultTo<'GetCookie'>(base, {
    operation: 'GetCookie',
    authorizationCookie,
    oldCookie: { expiration: AT },
    lastChange: config.lastChange,
    currentTime: AT,
    protocolVersion: '2.50',
  });
  return code;
}
