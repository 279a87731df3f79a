import { machineName } from '#domain/fleet/clones.ts';
import { noteServerName } from '#server/store/enrolment.ts';
import { registerComputer as saveRegistration } from '#server/store/servers.ts';
import type { WuspHandler } from '#server/wsus/service.ts';
import { sessionOf } from '#server/wsus/session.ts';

/** RegisterComputer ([MS-WUSP] 3.1.5.3): what the machine says of itself; shown to people, never trusted. */
export const registerComputer: WuspHandler<'RegisterComputer'> = async (service, request, caller) => {
  const session = sessionOf(service, request.cookie, caller.at);
  await saveRegistration(service.pool, session.serverId, request.computerInfo, caller.at);
  const { dnsName } = request.computerInfo;
  await noteServerName(service.pool, session.serverId, machineName(dnsName, request.computerInfo), caller.at);
  return { operation: 'RegisterComputer' };
};
