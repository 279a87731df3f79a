import assert from 'node:assert/strict';
import { it } from 'node:test';
import {
  type DirectoryEntry,
  directoryWord,
  NOTHING_SAID,
  type ReadingRules,
  readComputer,
  readOwner,
} from '#domain/fleet/directory-computer.ts';

const AT = Temporal.Instant.from('2026-01-13T18:00:00Z');
const RULES: ReadingRules = { mappings: [], staleDays: 90, at: AT };
const DN = 'CN=SQL01,OU=SQL,OU=Servers,DC=corp,DC=example';

function computer(attributes: Readonly<Record<string, string | readonly string[]>> = {}): DirectoryEntry {
  const given = {
    cn: 'SQL01',
    dnshostname: 'SQL01.corp.example',
    operatingsystem: 'Windows Server 2022 Standard',
    ...attributes,
  };
  return {
    dn: DN,
    attributes: Object.fromEntries(Object.entries(given).map(([name, value]) => [name, [value].flat()])),
  };
}

function read(
  attributes: Readonly<Record<string, string | readonly string[]>> = {},
  rules: Partial<ReadingRules> = {},
) {
  const reading = readComputer(computer(attributes), { ...RULES, ...rules });
  return reading.ok ? reading.server : assert.fail(reading.reason);
}

function refusal(attributes: Readonly<Record<string, string | readonly string[]>>) {
  const reading = readComputer(computer(attributes), RULES);
  return reading.ok ? undefined : reading.reason;
}

it('names a server by its DNS name, or by its own where it has none', () => {
  assert.equal(read().name, 'sql01.corp.example');
  assert.equal(readComputer({ dn: DN, attributes: { cn: ['SQL01'] } }, RULES).ok, true);
  assert.match(refusal({ dnshostname: 'not a name!' }) ?? '', /name/);
});

it('sees roles in the account and in what the computer announces', () => {
  assert.deepEqual(read({ useraccountcontrol: '532480' }).roles, ['domain-controller']);
  assert.deepEqual(read({ useraccountcontrol: '83890176' }).roles, ['domain-controller'], 'a read-only one');
  const services = ['MSSQLSvc/sql01.corp.example:1433', 'TERMSRV/SQL01', 'MSServerCluster/SQL01', 'HOST/SQL01'];
  assert.deepEqual(read({ serviceprincipalname: services }).roles, ['sql-server', 'cluster-node']);
  assert.deepEqual(read({ serviceprincipalname: ['exchangeMDB/x', 'SMTPSVC/x'] }).roles, ['exchange']);
  assert.deepEqual(read({ serviceprincipalname: ['Microsoft Virtual Console Service/x'] }).roles, ['hyper-v']);
});

it('does not take for a server what is disabled, was not there for long, or is a name of a cluster', () => {
  assert.match(refusal({ useraccountcontrol: '4098' }) ?? '', /disabled/);
  assert.match(
    refusal({ serviceprincipalname: ['MSClusterVirtualServer/sql01', 'MSServerCluster/sql01'] }) ?? '',
    /cluster/,
  );
  const ticks = (day: string) => String((BigInt(Date.parse(day)) + 11_644_473_600_000n) * 10_000n);
  assert.match(refusal({ lastlogontimestamp: ticks('2025-09-01') }) ?? '', /2025-09-01/);
  assert.equal(refusal({ lastlogontimestamp: ticks('2025-12-01') }), undefined);
  assert.equal(refusal({ lastlogontimestamp: '9223372036854775807' }), undefined);
  assert.equal(read({ lastlogontimestamp: ticks('2025-09-01') }, { staleDays: 0 }).name, 'sql01.corp.example');
});

it('takes of each field the word of the nearest unit', () => {
  const mappings = [
    { ou: 'ou=sql,ou=servers,dc=corp,dc=example', tier: 'critical', roles: ['sql-server'] },
    { ou: 'OU=Servers,DC=corp,DC=example', tier: 'low', environment: 'production', group: 'Rest' },
    { ou: 'OU=Other,DC=corp,DC=example', tier: 'medium', exposure: 'internet' },
  ] as const;
  assert.deepEqual(read({}, { mappings }).mapping, {
    tier: 'critical',
    environment: 'production',
    group: 'Rest',
    roles: ['sql-server'],
  });
});

it('speaks of every field, so that what it no longer says ends', () => {
  const server = read(
    { description: ' Orders ', location: 'Basel' },
    { mappings: [{ ou: 'DC=corp,DC=example', tier: 'high' }] },
  );
  const said = (owner?: Parameters<typeof directoryWord>[1]) =>
    Object.fromEntries(directoryWord(server, owner).map(({ field, value }) => [field, value]));
  const nothing = Object.fromEntries(NOTHING_SAID.map(({ field }) => [field, null]));
  assert.deepEqual(said(), {
    ...nothing,
    tier: 'high',
    operatingSystem: 'Windows Server 2022 Standard',
    directoryEntry: DN,
    notes: 'Orders; Basel',
  });
  const owner = { kind: 'team', name: 'Databases', contact: 'dba@corp.example' } as const;
  assert.deepEqual(said(owner).owner, owner);
  assert.deepEqual(said({ ...owner, contact: 'nobody' }).owner, { kind: 'team', name: 'Databases' });
});

it('knows users and groups as owners, and nothing else', () => {
  const entry = (objectclass: string[], more = {}) => ({ dn: DN, attributes: { objectclass, cn: ['x'], ...more } });
  assert.deepEqual(readOwner(entry(['top', 'group'])), { kind: 'team', name: 'x' });
  const person = entry(['top', 'person', 'organizationalPerson', 'user'], {
    displayname: ['Jo'],
    mail: ['jo@corp.example'],
  });
  assert.deepEqual(readOwner(person), { kind: 'person', name: 'Jo', contact: 'jo@corp.example' });
  assert.equal(readOwner(entry(['top', 'person', 'user', 'computer'])), undefined);
  assert.equal(readOwner(entry(['organizationalUnit'])), undefined);
});
