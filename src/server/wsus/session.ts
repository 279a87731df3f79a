import type { Cookie } from '#protocol/wusp/types.ts';
import { openCookie, type SessionClaims, sealCookie } from '#server/wsus/cookie.ts';
import { Refusal } from '#server/wsus/fault.ts';
import type { WsusService } from '#server/wsus/service.ts';

/** How long a cookie is good for; real WSUS gives an hour too. */
const LIFETIME = { hours: 1 };

/** What is new about a session when its cookie is made. */
export type NewSession = Pick<SessionClaims, 'serverId' | 'clientId' | 'protocolVersion' | 'told'>;

/** A fresh cookie for a client that has just authorized itself. */
export function newCookie(service: WsusService, session: NewSession, at: Temporal.Instant): Cookie {
  const expiration = at.add(LIFETIME);
  const claims: SessionClaims = {
    kind: 'session',
    service: service.identity.guid,
    expires: expiration.toString(),
    lastChange: service.identity.configChanged,
    ...session,
  };
  return { expiration, encryptedData: sealCookie(claims, service.cookieKeys()) };
}

/** The `NewCookie` of an answer: the same session and expiry, but it remembers which deployment set the client was told. */
export function renewedCookie(service: WsusService, session: SessionClaims, told: string | undefined): Cookie {
  const { told: _before, ...rest } = session;
  const claims: SessionClaims = told === undefined ? rest : { ...rest, told };
  return {
    expiration: Temporal.Instant.from(session.expires),
    encryptedData: sealCookie(claims, service.cookieKeys()),
  };
}

/**
 * The session behind a cookie, or the refusal that makes the client recover as [MS-WUSP] expects: InvalidCookie (ours it is not),
 * ServerChanged (another service's life), CookieExpired, ConfigChanged.
 */
export function sessionOf(service: WsusService, cookie: Cookie, at: Temporal.Instant): SessionClaims {
  const session = openCookie(cookie.encryptedData, 'session', service.cookieKeys());
  if (!session) throw new Refusal('InvalidCookie');
  if (session.service !== service.identity.guid) throw new Refusal('ServerChanged');
  if (Temporal.Instant.compare(Temporal.Instant.from(session.expires), at) <= 0) throw new Refusal('CookieExpired');
  if (session.lastChange !== service.identity.configChanged) throw new Refusal('ConfigChanged');
  return session;
}
