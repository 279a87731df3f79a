import type { EndpointResult } from '#contract/endpoint.ts';
import type * as contract from '#contract/endpoints/enrolment.ts';
import { CodedError } from '#contract/errors.ts';
import { closestRegion as closest, placeOfZone } from '#domain/fleet/closest-region.ts';
import { isEndpoint, type Region } from '#domain/fleet/region.ts';
import { isSetUp, SHIPPED_REGIONS } from '#domain/fleet/regions-shipped.ts';
import { changeFacts } from '#server/api/change.ts';
import type { ApiDeps, Handler } from '#server/api/deps.ts';
import { checkZone } from '#server/api/find.ts';
import { countRegionUsers, removeRegion as deleteRegion, saveRegion } from '#server/store/regions.ts';

export const listRegions: Handler<typeof contract.listRegions> = async ({ keeper }) => ({
  items: keeper.directory().regions.map(shown),
});

export const closestRegion: Handler<typeof contract.closestRegion> = async ({ keeper }, { query }) => {
  checkZone(query.zone);
  const region = closest(keeper.directory().regions, query.zone);
  if (!region)
    throw new CodedError('not-found', `"${query.zone}" is the zone of no place: no region is closest to it.`);
  return { region: shown(region) };
};

export const putRegion: Handler<typeof contract.putRegion> = async (deps, { params, body }, { name: who, at }) => {
  const before = deps.keeper.directory().regions.find(({ name }) => name === params.region);
  const region = drafted(params.region, body, before);
  if (!isEndpoint(region.endpoint)) {
    throw new CodedError('usage.wrong', `"${region.endpoint}" is not of the form https://host or https://host:port.`);
  }
  checkNames(deps, region);
  await changeFacts(deps, async (client) => {
    await saveRegion(client, region, at);
    const facts = { from: before ? { ...before } : null, to: { ...region } };
    return {
      outcome: undefined,
      noted: [{ at, who, what: 'region.changed', subject: { region: region.name }, facts }],
    };
  });
  return shown(region);
};

export const removeRegion: Handler<typeof contract.removeRegion> = async (deps, { params }, { name: who, at }) => {
  const { region: name } = params;
  const shipped = SHIPPED_REGIONS.find((one) => one.name === name);
  await changeFacts(deps, async (client) => {
    const users = shipped ? 0 : await countRegionUsers(client, name);
    if (users > 0) throw new CodedError('region.in-use', `${users} customers or servers have chosen ${name}.`);
    if (!(await deleteRegion(client, name)))
      throw new CodedError('not-found', `There is no region "${name}" of your own.`);
    return { outcome: undefined, noted: [{ at, who, what: 'region.removed', subject: { region: name }, facts: {} }] };
  });
  return shipped ? { region: shown(shipped) } : {};
};

type Draft = Parameters<Handler<typeof contract.putRegion>>[1]['body'];

/** A whole region from what was given, what it was, and the principal place of its zone. */
function drafted(name: string, body: Draft, before: Region | undefined): Region {
  const zone = body.zone ?? before?.zone;
  const endpoint = body.endpoint ?? before?.endpoint;
  if (zone === undefined || endpoint === undefined)
    throw new CodedError('usage.wrong', `${name} is a new region: it needs an endpoint and a zone.`);
  checkZone(zone);
  const place = before && body.zone === undefined ? before : placeOfZone(zone);
  const latitude = body.latitude ?? place?.latitude;
  const longitude = body.longitude ?? place?.longitude;
  if (latitude === undefined || longitude === undefined)
    throw new CodedError('usage.wrong', `"${zone}" is the zone of no place: give latitude and longitude.`);
  const { title = before?.title ?? name, aliases = before?.aliases ?? [] } = body;
  return { name, title, endpoint: endpoint.toLowerCase(), aliases, zone, latitude, longitude };
}

/** A name or alias means one region. */
function checkNames({ keeper }: ApiDeps, { name, aliases }: Region): void {
  for (const one of [name, ...aliases]) {
    const other = keeper.directory().region(one);
    if (other && other.name !== name)
      throw new CodedError('conflict.exists', `"${one}" is a name of the region ${other.name} already.`);
  }
}

function shown(region: Region): EndpointResult<typeof contract.putRegion> {
  const isShipped = SHIPPED_REGIONS.some(({ name }) => name === region.name);
  return { ...region, isSetUp: isSetUp(region), isShipped };
}
