import type { Rule } from '#protocol/update-xml/rules.ts';
import { compareVersions } from '../comparison.ts';
import type { InstalledDriver, MachineState } from '../machine-state.ts';
import { anyOf, type Truth } from '../truth.ts';
import { findAll, type RuleContext, type RuleTable } from './rule-context.ts';

/** Rules about drivers: the update's `WindowsDriverMetaData` against the devices of the machine. */
export const DRIVER_RULES: RuleTable = {
  'd.WindowsDriverInstalled': (_rule, context) => compareDrivers(context, (order) => order === 0),
  'd.WindowsDriverSuperseded': (_rule, context) => compareDrivers(context, (order) => order > 0),
  'd.WindowsDriverInstallable': (_rule, context) => compareDrivers(context, (order) => order < 0),
};

/** One driver of an update: the hardware id in lower case that it is for. */
export interface CarriedDriver extends InstalledDriver {
  readonly hardwareId: string;
}

/** The drivers that an update carries. */
export function carriedDrivers(metadata: Rule | undefined): readonly CarriedDriver[] {
  return findAll(metadata, 'd.WindowsDriverMetaData').map(({ attributes }) => ({
    hardwareId: (attributes.HardwareID ?? '').toLowerCase(),
    date: (attributes.DriverVerDate ?? '').slice(0, 10),
    version: attributes.DriverVerVersion ?? '0',
  }));
}

/** The order is that of the installed driver to the carried one; a device without a driver takes any. */
function compareDrivers({ machine, metadata }: RuleContext, wanted: (order: number) => boolean): Truth {
  const drivers = carriedDrivers(metadata);
  if (drivers.length === 0) return undefined;
  return anyOf(drivers.map((driver) => compareOne(machine, driver, wanted)));
}

function compareOne(machine: MachineState, driver: CarriedDriver, wanted: (order: number) => boolean): boolean {
  const installed = machine.devices.get(driver.hardwareId);
  if (installed === undefined) return false;
  return wanted(installed === null ? -1 : orderDrivers(installed, driver));
}

function orderDrivers(left: InstalledDriver, right: InstalledDriver): number {
  if (left.date !== right.date) return left.date < right.date ? -1 : 1;
  return compareVersions(left.version, right.version);
}
