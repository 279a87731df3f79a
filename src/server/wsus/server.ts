import type { ServerFacts } from '#domain/fleet/server.ts';
import { visitBefore } from '#domain/fleet/visit.ts';
import { withStanding } from '#server/facts/standing.ts';
import { findScanningServer } from '#server/store/scanning-server.ts';
import type { SessionClaims } from '#server/wsus/cookie.ts';
import { Refusal } from '#server/wsus/fault.ts';
import type { WsusService } from '#server/wsus/service.ts';

/** The server behind a session. RegistrationRequired when it was never registered, or was forgotten: the client registers anew. */
export async function loadServer(
  service: WsusService,
  session: SessionClaims,
  at: Temporal.Instant,
): Promise<ServerFacts> {
  const row = await findScanningServer(service.pool, session.serverId, at);
  if (!row) throw new Refusal('InvalidCookie'); // authorizing itself anew makes it known again
  if (!row.isRegistered) throw new Refusal('RegistrationRequired');
  const before = visitBefore(row, at);
  const directory = service.facts.directory();
  const server = directory.serverFacts(row, {
    installed: new Set(row.installed),
    failed: new Set(row.failed),
    looping: new Set(row.looping),
    ...(before ? { visitBefore: before } : {}),
  });
  const [known = server] = await withStanding(service.pool, directory, [{ server, columns: row }], at);
  return known;
}
