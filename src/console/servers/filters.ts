import type { Compliance, ServerQuery } from '../api/endpoints.ts';

/** What the list of servers is narrowed to; it stands in the address of the screen. */
export type Filters = Pick<ServerQuery, 'search' | 'customer' | 'compliance' | 'plan' | 'os'> & {
  readonly sort?: 'last-contact';
};

const COMPLIANCES: readonly string[] = [
  'compliant',
  'not-compliant',
  'pending-restart',
  'failed',
  'unknown',
] satisfies Compliance[];

/** Reads an address, which anybody may have written: what is no filter is left out. */
export function readFilters(search: Readonly<Record<string, unknown>>): Filters {
  const { compliance, sort } = search;
  return {
    ...textOf('search', search),
    ...textOf('customer', search),
    ...textOf('plan', search),
    ...textOf('os', search),
    ...(COMPLIANCES.includes(String(compliance)) ? { compliance: compliance as Compliance } : {}),
    ...(sort === 'last-contact' ? { sort } : {}),
  };
}

/** Filters with one of them changed; an empty value takes it away. */
export function withFilter<Name extends keyof Filters>(
  filters: Filters,
  name: Name,
  value: Filters[Name] | null | '',
): Filters {
  const { [name]: _former, ...others } = filters;
  return value ? { ...others, [name]: value } : (others as Filters);
}

/** Whether anything but the order is chosen. */
export function isNarrowed({ sort: _order, ...filters }: Filters): boolean {
  return Object.keys(filters).length > 0;
}

function textOf<Name extends string>(name: Name, search: Readonly<Record<string, unknown>>): { [K in Name]?: string } {
  const value = search[name];
  if (typeof value === 'number') return { [name]: String(value) } as { [K in Name]: string };
  return (typeof value === 'string' && value.trim() !== '' ? { [name]: value.slice(0, 200) } : {}) as {
    [K in Name]?: string;
  };
}
