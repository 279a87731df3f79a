import { Attribute, Change } from 'ldapts';
import type { Samba } from '#server/testing/samba.ts';

/** What the test domain's units say of the servers below them. */
export const MAPPINGS = [
  { ou: 'OU=Servers,DC=test,DC=example', environment: 'production', tier: 'low', group: 'Rest' },
  { ou: 'OU=SQL,OU=Servers,DC=test,DC=example', tier: 'critical', group: 'SQL' },
] as const;

/** Units, people, and computers of every kind that a reading tells apart. */
export async function fill({ admin, base }: Samba): Promise<void> {
  const unit = (dn: string, more = {}) => admin.add(dn, { objectClass: 'organizationalUnit', ...more });
  const jo = `CN=Müller\\, Jo,CN=Users,${base}`;
  const team = `CN=DBA,CN=Users,${base}`;
  await admin.add(jo, { objectClass: 'user', sAMAccountName: 'jo', displayName: 'Jo Müller', mail: 'jo@test.example' });
  await admin.add(team, {
    ...{ objectClass: 'group', sAMAccountName: 'dba', displayName: 'Databases', mail: 'dba@test.example' },
  });
  await unit(`OU=Servers,${base}`, { managedBy: jo });
  await unit(`OU=SQL,OU=Servers,${base}`);
  const computer = (name: string, place: string, more: Record<string, string | string[]> = {}) =>
    admin.add(`CN=${name},${place}`, {
      objectClass: 'computer',
      sAMAccountName: `${name}$`,
      userAccountControl: '4096',
      dNSHostName: `${name.toLowerCase()}.test.example`,
      operatingSystem: 'Windows Server 2022 Standard',
      ...more,
    });
  await computer('SQL01', `OU=SQL,OU=Servers,${base}`, {
    ...{ managedBy: team, description: 'Orders', location: 'Basel' },
    servicePrincipalName: ['MSSQLSvc/sql01.test.example:1433', 'TERMSRV/sql01.test.example'],
  });
  await computer('FILE01', `OU=Servers,${base}`);
  await computer('WEB01', `OU=Servers,${base}`);
  await computer('BARE01', `CN=Computers,${base}`);
  await computer('OLD01', `OU=Servers,${base}`, { userAccountControl: '4098' });
  await computer('CLIENT1', `CN=Computers,${base}`, { operatingSystem: 'Windows 11 Enterprise' });
  await admin.add(`CN=CLUSTER1,OU=Servers,${base}`, {
    ...{ objectClass: 'computer', sAMAccountName: 'CLUSTER1$', userAccountControl: '4096' },
    operatingSystem: 'Windows Server',
    servicePrincipalName: ['MSClusterVirtualServer/cluster1.test.example'],
  });
  await replace({ admin }, `CN=DC1,OU=Domain Controllers,${base}`, 'operatingSystem', [
    'Windows Server 2025 Datacenter',
  ]);
}

/** Replaces the values of one attribute; none: it goes. */
export function replace({ admin }: Pick<Samba, 'admin'>, dn: string, type: string, values: string[]): Promise<void> {
  return admin.modify(dn, new Change({ operation: 'replace', modification: new Attribute({ type, values }) }));
}
