import { NOTHING_REPORTED, type ServerFacts } from '#domain/fleet/server.ts';

/** A managed server that nobody has heard of, for questions that only its customer and the kind of machine matter to. */
export function anyServer(
  known: Pick<ServerFacts, 'customerId'> & Partial<Pick<ServerFacts, 'serverId' | 'target'>>,
): ServerFacts {
  return { serverId: '', zone: 'Etc/UTC', mode: 'managed', target: {}, ...NOTHING_REPORTED, ...known };
}
