import assert from 'node:assert/strict';
import { it } from 'node:test';
import { systemName } from '#domain/fleet/system-name.ts';

it('calls a system alike however it is written', () => {
  const written = {
    'Microsoft Windows Server 2019 Datacenter': 'Windows Server 2019 Datacenter',
    'Windows Server 2022 Datacenter: Azure Edition': 'Windows Server 2022 Datacenter: Azure Edition',
    'Microsoftr Windows Serverr 2008 Standard ': 'Windows Server 2008 Standard',
    'Windows Server® 2008 Enterprise': 'Windows Server 2008 Enterprise',
    'Microsoft(R) Windows(R) Server 2003, Standard Edition': 'Windows Server 2003, Standard Edition',
    'Microsoft Hyper-V Server 2016': 'Hyper-V Server 2016',
  };
  for (const [text, name] of Object.entries(written)) assert.equal(systemName(text), name);
});
