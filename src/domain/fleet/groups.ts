import type { Inventory } from '#domain/fleet/inventory.ts';

/**
 * The groups of which only so many servers may be down at a time: the redundancy group that the inventory names, and what a server's roles
 * never do together. Domain controllers of one DNS domain are one group, `dc:` and the domain; one without a domain in its name is taken
 * for a controller of the same unnamed domain as all such. Nodes of a cluster are only known by the redundancy group that is named.
 */
export function groupsOf({ redundancyGroup, roles }: Inventory, name: string): string[] {
  const dot = name.indexOf('.');
  return [
    ...(redundancyGroup === undefined ? [] : [redundancyGroup]),
    ...(roles?.includes('domain-controller') ? [`dc:${dot === -1 ? '' : name.slice(dot + 1)}`] : []),
  ];
}
