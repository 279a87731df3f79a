import { createMachine, type MachineState } from '#simulator/machine/machine-state.ts';
import { cumulativePackage } from './cumulative.ts';
import { DEFINITION_VERSION } from './definitions.ts';
import { DOTNET_RELEASE, dotnetPackages } from './dotnet.ts';
import { SAMPLE_DEVICE } from './drivers.ts';
import { ARCHIVER_VERSION, OFFICE_VERSION, SQL_VERSION } from './extras.ts';
import { FIRST_MONTH, SAMPLE_UPDATES, type SampleUpdate } from './facts.ts';
import { type SampleSystem, SYSTEMS } from './operating-systems.ts';
import type { RegistryPlace, ServicingPackage } from './rules.ts';
import { stackPackage } from './servicing-stack.ts';

/** Things that a sample server may have besides its system, each with updates in the catalogue. */
export type SampleSoftware = 'office' | 'sql-server' | 'archiver' | 'network-adapter';

export interface SampleServerOptions {
  /**
   * `YYYY-MM`: cumulative update, servicing stack and .NET stand as of this month; 2023-09 unless told, an earlier month for none. It
   * should be the month before the catalogue begins, or updates will lack what they build on.
   */
  readonly patchedTo?: string;
  readonly software?: readonly SampleSoftware[];
}

/** A server of one of the sample's systems, to which the catalogue's later updates apply. */
export function sampleServer(system: SampleSystem, options: SampleServerOptions = {}): MachineState {
  const { patchedTo = FIRST_MONTH, software = [] } = options;
  const { build, dotnetRelease } = SYSTEMS[system];
  const updates = SAMPLE_UPDATES.filter(({ os, published }) => os === system && published.slice(0, 7) <= patchedTo);
  const packages = updates.flatMap((update) => packagesOf(update, dotnetRelease));
  return createMachine({
    osBuild: build,
    packages: new Map(packages.map(({ name, version }) => [name.toLowerCase(), version])),
    registry: new Map<string, string | number>([
      [registryName(DOTNET_RELEASE), dotnetRelease],
      [registryName(DEFINITION_VERSION), '1.390.0.0'],
      ...software.flatMap((name) => SOFTWARE[name] ?? []),
    ]),
    devices: new Map(software.includes('network-adapter') ? [[SAMPLE_DEVICE, null]] : []),
  });
}

function packagesOf(update: SampleUpdate, dotnetRelease: number): readonly ServicingPackage[] {
  switch (update.kind) {
    case 'cumulative':
      return [cumulativePackage(update.os, update.osRevision)];
    case 'servicing-stack':
      return [stackPackage(update)];
    case 'dotnet':
      return dotnetPackages(update, dotnetRelease);
  }
}

/** Registry values of installed programs: older versions than the catalogue's. */
const SOFTWARE: Partial<Record<SampleSoftware, readonly [string, string][]>> = {
  office: [[registryName(OFFICE_VERSION), '16.0.4266.1001']],
  'sql-server': [[registryName(SQL_VERSION), '15.0.2000.5']],
  archiver: [[registryName(ARCHIVER_VERSION), '22.1.0.0']],
};

/** As `MachineState.registry` names a value. */
function registryName({ subkey, value }: RegistryPlace): string {
  return `hklm\\${subkey}\\${value}`.toLowerCase();
}
