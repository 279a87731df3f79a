import { command } from '#cli/command.ts';
import { defined } from '#cli/members.ts';
import { fields, table } from '#cli/output/layout.ts';
import type { Page } from '#cli/output/page.ts';
import type { EndpointResult } from '#contract/endpoint.ts';
import { closestRegion, listRegions, putRegion, removeRegion } from '#contract/endpoints/enrolment.ts';
import { CodedError } from '#contract/errors.ts';

type Region = EndpointResult<typeof putRegion>;

const REGION = { value: 'REGION', description: 'its name, e.g. LON' } as const;

export const regionsList = command({
  name: 'regions list',
  group: 'Customers and servers',
  summary: 'Regions: the places from which servers are served.',
  run: ({ service }) => service.call(listRegions),
  show: ({ items }, page) =>
    table(
      page,
      [{ title: 'Region' }, { title: 'Place' }, { title: 'Endpoint' }, { title: 'Aliases' }, { title: 'Zone' }],
      items.map((region) => [region.name, region.title, endpointText(region), region.aliases.join(', '), region.zone]),
      'No regions.',
    ),
});

export const regionsSet = command({
  name: 'regions set',
  group: 'Customers and servers',
  summary: 'Add or change a region; what is left out stays as it is.',
  more: 'The shipped regions have the hosts of examples: give each that you run its endpoint. No server is sent to an example.',
  positionals: { region: REGION },
  options: {
    endpoint: { type: 'string', value: 'URL', description: 'https://host or https://host:port' },
    title: { type: 'string', value: 'TEXT', description: 'name of the place' },
    aliases: { type: 'string', value: 'NAMES', description: 'other names, with commas, e.g. lon1,lon3' },
    zone: { type: 'string', value: 'ZONE', description: 'time zone of the data centre; nightly plans mean its nights' },
    latitude: {
      type: 'string',
      value: 'DEGREES',
      description: 'north positive, e.g. --latitude=-33.9; default: of the zone',
    },
    longitude: {
      type: 'string',
      value: 'DEGREES',
      description: 'east positive, e.g. --longitude=-0.45; default: of the zone',
    },
  },
  run({ args, options: { endpoint, title, zone, ...options }, service }) {
    const aliases = options.aliases?.split(',').flatMap((name) => name.trim() || []);
    const [latitude, longitude] = [degrees(options.latitude, '--latitude'), degrees(options.longitude, '--longitude')];
    const body = defined({ endpoint: endpoint?.replace(/\/$/, ''), title, zone, aliases, latitude, longitude });
    if (Object.keys(body).length === 0)
      throw new CodedError('usage.wrong', 'name what to change; --help lists the options');
    return service.call(putRegion, { params: { region: args.region }, body });
  },
  show: regionText,
});

export const regionsRemove = command({
  name: 'regions remove',
  group: 'Customers and servers',
  summary: 'Remove a region of your own; a shipped one of the name holds again.',
  positionals: { region: REGION },
  run: ({ args, service }) => service.call(removeRegion, { params: { region: args.region } }),
  show: ({ region }, page) => (region ? regionText(region, page) : 'Removed.'),
});

export const regionsClosest = command({
  name: 'regions closest',
  group: 'Customers and servers',
  summary: 'The region that is closest to a time zone.',
  positionals: { zone: { value: 'ZONE', description: 'time zone, e.g. Europe/London' } },
  run: ({ args, service }) => service.call(closestRegion, { query: { zone: args.zone } }),
  show: ({ region }, page) => regionText(region, page),
});

function degrees(text: string | undefined, name: string): number | undefined {
  if (text === undefined) return undefined;
  if (!/^-?\d{1,3}(\.\d{1,9})?$/.test(text))
    throw new CodedError('usage.wrong', `${name}: "${text}" is not in degrees`);
  return Number(text);
}

function endpointText({ endpoint, isSetUp }: Region): string {
  return isSetUp ? endpoint : `${endpoint} (an example)`;
}

function regionText(region: Region, page: Page): string {
  return fields(page, [
    ['Region', region.name],
    ['Place', region.title],
    ['Endpoint', endpointText(region)],
    ['Aliases', region.aliases.join(', ')],
    ['Zone', region.zone],
    ['Coordinates', `${region.latitude}, ${region.longitude}`],
  ]);
}
