import type { Region } from '#domain/fleet/region.ts';

/**
 * The regions of the service as it is published: data centre, place and zone. Their hosts are examples; an operator's own row of the
 * same name stands in for one of these.
 */
export const SHIPPED_REGIONS: readonly Region[] = [
  region('DFW', 'Dallas', 'America/Chicago', 32.9, -97.04),
  region('ORD', 'Chicago', 'America/Chicago', 41.98, -87.9),
  region('IAD', 'North Virginia', 'America/New_York', 38.95, -77.46),
  region('HKG', 'Hong Kong', 'Asia/Hong_Kong', 22.31, 113.92),
  region('SYD', 'Sydney', 'Australia/Sydney', -33.95, 151.18),
  region('LON', 'London', 'Europe/London', 51.47, -0.45),
];

/** Customers know a data centre under its number too (`lon1`, `lon3`): the first of each place is an alias. */
function region(name: string, title: string, zone: string, latitude: number, longitude: number): Region {
  const short = name.toLowerCase();
  const endpoint = `https://msupdate.${short}.example.com`;
  return { name, title, endpoint, aliases: [`${short}1`], zone, latitude, longitude };
}

const EXAMPLES: ReadonlySet<string> = new Set(SHIPPED_REGIONS.map(({ endpoint }) => endpoint));

/** Whether servers can be sent to a region: false as long as it has the host of an example. */
export function isSetUp({ endpoint }: Region): boolean {
  return !EXAMPLES.has(endpoint);
}
