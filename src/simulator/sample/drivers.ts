import { CLASSIFICATIONS, PRODUCTS } from './categories.ts';
import { SERVER_2016_OR_LATER, X64_SYSTEM } from './detectoids.ts';
import type { DocumentFacts } from './document.ts';
import { DRIVER_HANDLER } from './handlers.ts';
import { SAMPLE_PUBLISHER, syntheticId } from './identity.ts';
import { samplePayload } from './payload.ts';
import { element } from './xml.ts';

/** The device that the sample's drivers are for; a virtual server that has it needs them. */
export const SAMPLE_DEVICE = 'pci\\ven_1af4&dev_10ff';

/** Two made-up versions of one network driver, the later one replacing the earlier. */
export function driverDocuments(): readonly DocumentFacts[] {
  const first = { version: '100.94.104.24000', date: '2023-09-20', published: '2023-10-10T17:00:00Z' };
  const second = { version: '100.95.104.26200', date: '2023-10-31', published: '2023-11-14T18:00:00Z' };
  return [driver(first, []), driver(second, [driverId(first.version)])];
}

interface DriverVersion {
  readonly version: string;
  readonly date: string;
  readonly published: string;
}

function driverId(version: string): string {
  return syntheticId(`network driver ${version}`);
}

function driver({ version, date, published }: DriverVersion, supersedes: readonly string[]): DocumentFacts {
  return {
    updateId: driverId(version),
    revisionNumber: 1,
    updateType: 'Driver',
    publisher: SAMPLE_PUBLISHER,
    published,
    explicitlyDeployable: true,
    texts: [
      {
        language: 'en',
        title: `Example Corporation - Net - ${version} (synthetic)`,
        description: 'A driver of a network adapter that does not exist.',
      },
    ],
    reboot: 'CanRequestReboot',
    supersedes,
    prerequisites: [
      { anyOf: [X64_SYSTEM], isCategory: false },
      { anyOf: [SERVER_2016_OR_LATER], isCategory: false },
      { anyOf: [CLASSIFICATIONS.Drivers], isCategory: true },
      { anyOf: [PRODUCTS.serverDrivers], isCategory: true },
    ],
    rules: {
      isInstalled: element('drv:WindowsDriverInstalled'),
      isInstallable: element('drv:WindowsDriverInstallable'),
      isSuperseded: element('drv:WindowsDriverSuperseded'),
      metadata: metadata(version, date),
    },
    files: [samplePayload(`example-net-${version}-x64.cab`)],
    handler: DRIVER_HANDLER,
  };
}

/** Hardware id, version and date by which a client ranks the driver. */
function metadata(version: string, date: string): string {
  return element('drv:WindowsDriverMetaData', {
    HardwareID: SAMPLE_DEVICE,
    DriverVerDate: date,
    DriverVerVersion: version,
    WhqlDriverID: 90000001,
    Class: 'Net',
    Company: 'Example Corporation',
    Provider: 'Example Corporation',
    Manufacturer: 'Example Corporation',
    Model: 'Example Network Adapter',
  });
}
