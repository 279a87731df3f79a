import { noteServerName } from '#server/store/enrolment.ts';
import { type EnrolmentClaim, enrol } from '#server/store/servers.ts';
import { openCookie, sealCookie } from '#server/wsus/cookie.ts';
import { Refusal, type Warning } from '#server/wsus/fault.ts';
import type { Caller, WsusService, WuspHandler } from '#server/wsus/service.ts';
import { newCookie } from '#server/wsus/session.ts';

/** How long an authorization cookie may wait for its GetCookie. */
const PATIENCE = { hours: 1 };
/** More names than anybody configures. */
const MOST_GROUPS = 16;
/** What a target group may be called; the same as the store takes. */
const GROUP = /^[A-Za-z0-9][A-Za-z0-9 ._-]{0,62}$/;
/** The form of enrolment tokens: one that is not known any more is a secret that went astray, never a group's name. */
const TOKEN = /^st-[a-z2-7]{32}$/i;

/** What a client's tokens and target groups say of it. */
type Membership = Pick<EnrolmentClaim, 'customerId' | 'formerCustomerId' | 'targetGroup'>;

/**
 * SimpleAuth ([MS-WUSP] 3.2.5.1): seals what the client claims, the customer whose token came along and the target group that it
 * named. It proves nothing else.
 */
export const getAuthorizationCookie: WuspHandler<'GetAuthorizationCookie'> = async (service, request, caller) => {
  const groups = request.targetGroupName?.split(';', MOST_GROUPS).map((name) => name.trim()) ?? [];
  const cookieData = sealCookie(
    {
      kind: 'authorization',
      clientId: request.clientId,
      dnsName: request.dnsName,
      issuedAt: caller.at.toString(),
      ...membership(service, [...pathToken(caller), ...groups], groups),
    },
    service.cookieKeys(),
  );
  return { operation: 'GetAuthorizationCookie', authorizationCookie: { plugInId: 'SimpleTargeting', cookieData } };
};

/**
 * GetCookie ([MS-WUSP] 3.1.5.2): binds the server to its customer and opens a session. Who claims the id of a server that a token
 * enrolled, and does not come with a token of its customer, gets none; the warning in the log shows both.
 */
export const getCookie: WuspHandler<'GetCookie'> = async (service, request, caller) => {
  const claims = openCookie(request.authorizationCookie.cookieData, 'authorization', service.cookieKeys());
  if (!claims || request.authorizationCookie.plugInId !== 'SimpleTargeting')
    throw new Refusal('InvalidAuthorizationCookie');
  const tooOld = Temporal.Instant.compare(Temporal.Instant.from(claims.issuedAt).add(PATIENCE), caller.at) < 0;
  if (tooOld) throw new Refusal('InvalidAuthorizationCookie');
  if (!isSameInstant(request.lastChange, service.identity.configChanged)) throw new Refusal('ConfigChanged');
  const { clientId, dnsName, targetGroup } = claims;
  const here = membership(service, pathToken(caller), []);
  const { customerId = claims.customerId, formerCustomerId = claims.formerCustomerId } = here;
  const claim: EnrolmentClaim = {
    ...{ clientId, dnsName, at: caller.at },
    ...(customerId === undefined ? {} : { customerId }),
    ...(formerCustomerId === undefined ? {} : { formerCustomerId }),
    ...(targetGroup === undefined ? {} : { targetGroup }),
    // A simulated clock moves in steps, so that everybody's own is wrong by it.
    ...(service.clock === 'real' ? { clockSkewSeconds: skewOf(request.currentTime, caller.at) } : {}),
    overTls: caller.baseUrl.startsWith('https:'),
  };
  const serverId = await enrol(service.pool, claim);
  if (serverId === undefined) throw new Refusal('InvalidAuthorizationCookie', '', warningOf(claim));
  await noteServerName(service.pool, serverId, dnsName, caller.at);
  const told = toldBefore(service, request.oldCookie?.encryptedData, serverId);
  const session = {
    serverId,
    clientId,
    protocolVersion: request.protocolVersion ?? '1.0',
    ...(told === undefined ? {} : { told }),
  };
  return { operation: 'GetCookie', cookie: newCookie(service, session, caller.at) };
};

/** More than a column holds says nothing more. */
const MOST_SKEW = 2_000_000_000;

/** Seconds by which a client's clock is ahead of ours; negative: behind. */
function skewOf(theirs: Temporal.Instant, ours: Temporal.Instant): number {
  const seconds = Math.round((theirs.epochMilliseconds - ours.epochMilliseconds) / 1000);
  return Math.max(-MOST_SKEW, Math.min(MOST_SKEW, seconds));
}

/** Why a claim was not that of the server whose id it has. */
function warningOf({ clientId, customerId, formerCustomerId }: EnrolmentClaim): Warning {
  if (customerId !== undefined) {
    const message = "a server came with another customer's token than its own";
    return { code: 'conflict', message, subject: { clientId, customerId } };
  }
  if (formerCustomerId !== undefined) {
    const message = "a server that is not known as the customer's came with a former token, which enrols nobody";
    return { code: 'former-token', message, subject: { clientId, customerId: formerCustomerId } };
  }
  return { code: 'conflict', message: 'a server that a token enrolled came without one', subject: { clientId } };
}

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

/** The enrolment token in the URL's path. */
function pathToken({ token }: Caller): readonly string[] {
  return token === undefined ? [] : [token];
}

/** The customer of the first known token, a current one before a former one, and the first name that is that of a group. */
function membership(service: WsusService, tokens: readonly string[], groups: readonly string[]): Membership {
  const directory = service.facts.directory();
  const first = (customerOf: (token: string) => string | undefined) =>
    tokens.map((token) => customerOf(token)).find((customer) => customer !== undefined);
  const customerId = first((token) => directory.customerOfToken(token));
  const formerCustomerId =
    customerId === undefined ? first((token) => directory.customerOfFormerToken(token)) : undefined;
  const isGroup = (name: string): boolean =>
    GROUP.test(name) &&
    !TOKEN.test(name) &&
    directory.customerOfToken(name) === undefined &&
    directory.customerOfFormerToken(name) === undefined;
  const targetGroup = groups.find(isGroup);
  return {
    ...(customerId === undefined ? {} : { customerId }),
    ...(formerCustomerId === undefined ? {} : { formerCustomerId }),
    ...(targetGroup === undefined ? {} : { targetGroup }),
  };
}
