import type { ComputerInfo } from '#protocol/wusp/types.ts';
import type { AgentContext } from './agent-context.ts';
import { clientVersion } from './client-version.ts';

export const MANUFACTURER = 'Second Tuesday';
export const MODEL = 'Virtual Server';
export const BIOS = '1.0';
export const BIOS_DATE = '2022-02-02T00:00:00Z';

/** What RegisterComputer tells about a virtual server ([MS-WUSP] 2.2.2.2.3). */
export function computerInfo({ identity, machine }: AgentContext): ComputerInfo {
  const [major, minor, build, qfe] = clientVersion(machine.osBuild).agent;
  return {
    dnsName: identity.dnsName,
    osMajorVersion: machine.osMajor,
    osMinorVersion: machine.osMinor,
    osBuildNumber: machine.osBuild,
    osServicePackMajorNumber: 0,
    osServicePackMinorNumber: 0,
    osLocale: machine.locale,
    computerManufacturer: MANUFACTURER,
    computerModel: MODEL,
    biosVersion: BIOS,
    biosName: MODEL,
    biosReleaseDate: Temporal.Instant.from(BIOS_DATE),
    processorArchitecture: machine.architecture,
    suiteMask: machine.suiteMask,
    oldProductType: machine.productType,
    newProductType: identity.sku ?? 7,
    systemMetrics: 0,
    clientVersionMajorNumber: major,
    clientVersionMinorNumber: minor,
    clientVersionBuildNumber: build,
    clientVersionQfeNumber: qfe,
    osDescription: 'Windows Server',
    oem: MANUFACTURER,
    deviceType: MODEL,
    firmwareVersion: BIOS,
    mobileOperator: 'Not Present',
  };
}
