import { CodedError } from '#contract/errors.ts';
import type { ConfigData, WsusssFaultCode, WsusssResponseTo } from '#protocol/wsusss/types.ts';
import type { Cookie } from '#protocol/wusp/types.ts';
import { type Caller, call, type RequestTo, UpstreamFault } from './call.ts';

/** A conversation with an upstream server after its authorization phase ([MS-WSUSSS] 3.1.4.1 to 3.1.4.4). */
export interface Session {
  readonly config: ConfigData;
  /** The upstream said at the beginning that it has changed: former anchors are void. */
  readonly hasChanged: boolean;
  /**
   * Calls an operation with the cookie of the session, and with a new one where that is no longer good. Throws `UpstreamChanged` and
   * what `call` throws.
   */
  ask<O extends CookieOperation>(operation: O, content: Content<O>): Promise<WsusssResponseTo<O>>;
}

type CookieOperation = 'GetConfigData' | 'GetRevisionIdList' | 'GetUpdateData';
type Content<O extends CookieOperation> = Omit<RequestTo<O>, 'operation' | 'cookie'>;

/** The upstream is not what it was: all anchors are void, and everything is listed again ([MS-WSUSSS] 2.2.9.3). */
export class UpstreamChanged extends CodedError {
  constructor() {
    super('upstream.refused', 'ServerChanged: the upstream says again and again that it is not what it was');
  }
}

/** Who we are to the upstream. */
export interface Account {
  readonly accountName: string;
  readonly accountGuid: string;
}

/** What WSUS of Windows Server 2016 and later says, and Microsoft's own service understands. */
const PROTOCOL_VERSION = '1.20';
/** A cookie that ends sooner than this is renewed before it is used. */
const SPARE_MS = 5 * 60_000;
/** A server that refuses each new cookie gets no more than this many for one request. */
const MOST_RENEWALS = 3;
const COOKIE_FAULTS: ReadonlySet<WsusssFaultCode> = new Set([
  'InvalidCookie',
  'InvalidAuthorizationCookie',
  'CookieExpired',
  'ConfigChanged',
]);

/** Goes through the authorization phase and reads how the upstream is set up. */
export async function openSession(caller: Caller, account: Account): Promise<Session> {
  let renewing: Promise<Cookie> | undefined;
  const renew = (): Promise<Cookie> => {
    renewing ??= authorize(caller, account).finally(() => {
      renewing = undefined; // requests in flight share one renewal
    });
    return renewing;
  };
  let cookie = await renew();
  let receivedAt = performance.now();
  let lifetimeMs = lifetimeOf(cookie);

  async function replaced(old: Cookie): Promise<void> {
    if (cookie !== old) return;
    const fresh = await renew();
    if (cookie !== old) return;
    cookie = fresh;
    receivedAt = performance.now();
    lifetimeMs = lifetimeOf(fresh);
  }

  async function ask<O extends CookieOperation>(operation: O, content: Content<O>): Promise<WsusssResponseTo<O>> {
    if (performance.now() - receivedAt > lifetimeMs - SPARE_MS) await replaced(cookie);
    for (let renewals = 0; ; renewals++) {
      const used = cookie;
      try {
        return await call(caller, { operation, cookie: used, ...content } as unknown as RequestTo<O>);
      } catch (error) {
        const code = error instanceof UpstreamFault ? error.fault.errorCode : undefined;
        if (code === 'ServerChanged') throw new UpstreamChanged();
        if (code === undefined || !COOKIE_FAULTS.has(code) || renewals >= MOST_RENEWALS) throw error;
        await replaced(used);
      }
    }
  }

  let hasChanged = false;
  const { config } = await ask('GetConfigData', {}).catch((error: unknown) => {
    hasChanged = error instanceof UpstreamChanged;
    if (hasChanged) return ask('GetConfigData', {});
    throw error;
  });
  return { config, hasChanged, ask };
}

/** GetAuthConfig, GetAuthorizationCookie, GetCookie: a cookie that opens every later operation. */
async function authorize(caller: Caller, { accountName, accountGuid }: Account): Promise<Cookie> {
  const { config } = await call(caller, { operation: 'GetAuthConfig' });
  const plugIn = config.authInfo.find(({ plugInId }) => plugInId === 'DssTargeting');
  if (!plugIn) throw new CodedError('upstream.unexpected', 'GetAuthConfig: the upstream knows no DssTargeting');
  const { authorizationCookie } = await call(
    caller,
    { operation: 'GetAuthorizationCookie', accountName, accountGuid, programKeys: [] },
    plugIn.serviceUrl,
  );
  const { cookie } = await call(caller, {
    operation: 'GetCookie',
    authorizationCookie,
    protocolVersion: PROTOCOL_VERSION,
  });
  return cookie;
}

/** By our clock. Where the two clocks differ by more than the lifetime, the faults tell when a cookie is no longer good. */
function lifetimeOf({ expiration }: Cookie): number {
  const left = expiration.epochMilliseconds - Temporal.Now.instant().epochMilliseconds;
  return left > SPARE_MS * 2 ? left : Number.POSITIVE_INFINITY;
}
