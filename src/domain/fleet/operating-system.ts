import { PRODUCT_TYPES, type Target } from '#domain/fleet/server.ts';

const SERVERS: ReadonlyMap<number, string> = new Map([
  [6003, 'Windows Server 2008'],
  [7601, 'Windows Server 2008 R2'],
  [9200, 'Windows Server 2012'],
  [9600, 'Windows Server 2012 R2'],
  [14393, 'Windows Server 2016'],
  [17763, 'Windows Server 2019'],
  [20348, 'Windows Server 2022'],
  [25398, 'Windows Server, version 23H2'],
  [26100, 'Windows Server 2025'],
]);

const FIRST_WINDOWS_10 = 10_240;
const FIRST_WINDOWS_11 = 22_000;

/** The name of an operating system by its build and product type, for people. A build that no table knows is named by its number. */
export function operatingSystem({ osBuild, productType }: Target): string {
  if (osBuild === undefined) return 'not registered yet';
  if (productType === PRODUCT_TYPES.workstation) {
    return osBuild >= FIRST_WINDOWS_10
      ? `Windows ${osBuild >= FIRST_WINDOWS_11 ? 11 : 10} (build ${osBuild})`
      : `Windows (build ${osBuild})`;
  }
  return SERVERS.get(osBuild) ?? `Windows Server (build ${osBuild})`;
}
