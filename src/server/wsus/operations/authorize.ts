import { enrol } from '#server/store/servers.ts';
import { openCookie, sealCookie } from '#server/wsus/cookie.ts';
import { Refusal } from '#server/wsus/fault.ts';
import type { Caller, WsusService, WuspHandler } from '#server/wsus/service.ts';
import { newCookie } from '#server/wsus/session.ts';

/** How long an authorization cookie may wait for its GetCookie. */
const PATIENCE = { hours: 1 };
const CONFLICT = "a server came with another customer's token than its own";

/** SimpleAuth ([MS-WUSP] 3.2.5.1): seals what the client claims, and the customer whose token came along. It proves nothing else. */
export const getAuthorizationCookie: WuspHandler<'GetAuthorizationCookie'> = async (service, request, caller) => {
  const customerId = customerOf(service, caller) ?? customerOfGroups(service, request.targetGroupName);
  const cookieData = sealCookie(
    {
      kind: 'authorization',
      clientId: request.clientId,
      dnsName: request.dnsName,
      issuedAt: caller.at.toString(),
      ...(customerId === undefined ? {} : { customerId }),
    },
    service.cookieKeys(),
  );
  return { operation: 'GetAuthorizationCookie', authorizationCookie: { plugInId: 'SimpleTargeting', cookieData } };
};

/**
 * GetCookie ([MS-WUSP] 3.1.5.2): binds the server to its customer and opens a session. Who claims the id of another customer's server
 * gets none; the warning in the log shows both.
 */
export const getCookie: WuspHandler<'GetCookie'> = async (service, request, caller) => {
  const claims = openCookie(request.authorizationCookie.cookieData, 'authorization', service.cookieKeys());
  if (!claims || request.authorizationCookie.plugInId !== 'SimpleTargeting')
    throw new Refusal('InvalidAuthorizationCookie');
  const tooOld = Temporal.Instant.compare(Temporal.Instant.from(claims.issuedAt).add(PATIENCE), caller.at) < 0;
  if (tooOld) throw new Refusal('InvalidAuthorizationCookie');
  if (!isSameInstant(request.lastChange, service.identity.configChanged)) throw new Refusal('ConfigChanged');
  const customerId = customerOf(service, caller) ?? claims.customerId;
  const serverId = await enrol(service.pool, {
    clientId: claims.clientId,
    dnsName: claims.dnsName,
    ...(customerId === undefined ? {} : { customerId }),
    at: caller.at,
  });
  if (serverId === undefined) {
    const subject = { clientId: claims.clientId, customerId: customerId ?? '' };
    throw new Refusal('InvalidAuthorizationCookie', '', { code: 'conflict', message: CONFLICT, subject });
  }
  const told = toldBefore(service, request.oldCookie?.encryptedData, serverId);
  const session = {
    serverId,
    clientId: claims.clientId,
    protocolVersion: request.protocolVersion ?? '1.0',
    ...(told === undefined ? {} : { told }),
  };
  return { operation: 'GetCookie', cookie: newCookie(service, session, caller.at) };
};

/** The deployment set that the client was told in its session before, which may have expired long ago. */
function toldBefore(service: WsusService, oldCookie: string | undefined, serverId: string): string | undefined {
  const before = oldCookie === undefined ? undefined : openCookie(oldCookie, 'session', service.cookieKeys());
  return before?.service === service.identity.guid && before.serverId === serverId ? before.told : undefined;
}

/** By value: who reads a date and writes it again may give it other digits (`.000Z`), and must not be sent round in circles. */
function isSameInstant(sent: string, ours: string): boolean {
  if (sent === ours) return true;
  try {
    return Temporal.Instant.from(sent).equals(Temporal.Instant.from(ours));
  } catch {
    return false;
  }
}

/** The customer whose enrolment token stands in the URL's path. */
function customerOf(service: WsusService, { token }: Caller): string | undefined {
  return token === undefined ? undefined : service.facts.directory().customerOfToken(token);
}

/** The customer whose token is among the target groups that the client asked for. */
function customerOfGroups(service: WsusService, groups: string | undefined): string | undefined {
  const names = groups?.split(';', 16).map((name) => name.trim()) ?? [];
  return names
    .map((name) => service.facts.directory().customerOfToken(name))
    .find((customer) => customer !== undefined);
}
