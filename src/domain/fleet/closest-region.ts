import type { Region } from '#domain/fleet/region.ts';
import places from './zone-places.json' with { type: 'json' };

/** Degrees, north and east positive. */
export interface Place {
  readonly latitude: number;
  readonly longitude: number;
}

/**
 * The principal place of each IANA zone: tzdb's `zone.tab`, release 2025b, public domain, to hundredths of a degree. It has the zones
 * that `zone1970.tab` merged away as well.
 */
const PLACES: ReadonlyMap<string, Place> = new Map(
  Object.entries(places).map(([zone, [latitude = 0, longitude = 0]]) => [zone, { latitude, longitude }]),
);

/**
 * The region that is closest to a zone: by the great circle from the zone's principal place. Of equally close ones the first. Undefined
 * when there is no region, or the zone has no place (`Etc/UTC`).
 */
export function closestRegion(regions: readonly Region[], zone: string): Region | undefined {
  const place = placeOfZone(zone);
  if (!place) return undefined;
  let closest: { readonly region: Region; readonly angle: number } | undefined;
  for (const region of regions) {
    const angle = greatCircle(place, region);
    if (!closest || angle < closest.angle) closest = { region, angle };
  }
  return closest?.region;
}

/** The principal place of a zone; undefined where it has none. */
export function placeOfZone(zone: string): Place | undefined {
  return PLACES.get(zone) ?? placeOfAlias(zone);
}

/** The place of a zone that goes by another name here, e.g. `US/Eastern`. */
function placeOfAlias(zone: string): Place | undefined {
  const epoch = Temporal.Instant.fromEpochMilliseconds(0);
  try {
    const wanted = epoch.toZonedDateTimeISO(zone);
    for (const [name, place] of PLACES) if (epoch.toZonedDateTimeISO(name).equals(wanted)) return place;
  } catch {
    return undefined; // no zone that this runtime knows
  }
  return undefined;
}

/** The angle between two places as seen from the centre of the earth, in radians (haversine). */
function greatCircle(a: Place, b: Place): number {
  const [north, south] = [radians(a.latitude), radians(b.latitude)];
  const across = Math.sin((south - north) / 2) ** 2;
  const along = Math.sin(radians(b.longitude - a.longitude) / 2) ** 2;
  return 2 * Math.asin(Math.min(1, Math.sqrt(across + Math.cos(north) * Math.cos(south) * along)));
}

function radians(degrees: number): number {
  return (degrees * Math.PI) / 180;
}
