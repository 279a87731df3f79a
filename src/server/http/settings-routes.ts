import { createHash } from 'node:crypto';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { TaskReport } from '#contract/settings-task.ts';
import { serverSettings, taskClock } from '#server/settings/server-settings.ts';
import { taskEvidence } from '#server/sources/backup/task-evidence.ts';
import { keepTaskEvidence } from '#server/store/evidence.ts';
import { findTaskServer, noteSettingsTask, saveServerReport, type TaskServer } from '#server/store/server-reports.ts';
import type { WsusService } from '#server/wsus/service.ts';

export interface SettingsRoutesOptions {
  readonly wsus: Pick<WsusService, 'pool' | 'facts'>;
  readonly now: () => Temporal.Instant;
}

/** A report with a hundred long names of services has some 30 KB. */
const REPORT_LIMIT = 64 * 1024;
/** What clients call themselves: [MS-WUSP] 2.2.2.1.1. */
const CLIENT_ID = /^[A-Za-z0-9-]{1,200}$/;
/** When the task was last heard of is written so often only. */
const HEARD_EVERY = { minutes: 55 };

/**
 * What the settings task asks and tells (contract/settings-task.ts), behind the enrolment token. A token that is not of the server's
 * customer, and a server that is not known, are not found: no answer says which.
 */
export function settingsRoutes(app: FastifyInstance, { wsus, now }: SettingsRoutesOptions): void {
  const clock = taskClock();
  app.get('/:token/Settings/:clientId', async (request, reply) => {
    const [known, at] = [await serverOf(wsus, request), now()];
    if (!known) return notFound(reply);
    const { server, token } = known;
    if (!server.settingsAt || Temporal.Instant.compare(server.settingsAt.add(HEARD_EVERY), at) < 0)
      await noteSettingsTask(wsus.pool, server.serverId, at);
    const [facts, directory] = [wsus.facts.current(), wsus.facts.directory()];
    const settings = serverSettings({ row: server, directory, facts, token }, clock, at);
    const etag = `"${createHash('sha256').update(JSON.stringify(settings)).digest('base64url').slice(0, 22)}"`;
    reply.headers({ etag, 'cache-control': 'private, no-cache' });
    if (request.headers['if-none-match'] === etag) return reply.code(304).send();
    return reply.type('application/json').send(JSON.stringify({ ...settings, at: at.toString() }));
  });
  app.post('/:token/Reports/:clientId', { bodyLimit: REPORT_LIMIT }, async (request, reply) => {
    const [known, at] = [await serverOf(wsus, request), now()];
    if (!known) return notFound(reply);
    const report = TaskReport.safeParse(json(request.body));
    if (!report.success) return reply.code(400).type('text/plain').send('');
    const { serverId, customerId } = known.server;
    await saveServerReport(wsus.pool, serverId, customerId, report.data, at);
    await keepTaskEvidence(wsus.pool, serverId, taskEvidence(report.data, at), at);
    return reply.code(204).send();
  });
}

/** The server that asks, when its token is one of its customer or of the one that enrolled it, a former one included. */
async function serverOf(
  { pool, facts }: SettingsRoutesOptions['wsus'],
  request: FastifyRequest,
): Promise<{ readonly server: TaskServer; readonly token: string } | undefined> {
  const { token, clientId } = request.params as { readonly token: string; readonly clientId: string };
  const directory = facts.directory();
  const customerId = directory.customerOfToken(token) ?? directory.customerOfFormerToken(token);
  if (customerId === undefined || !CLIENT_ID.test(clientId)) return undefined;
  const server = await findTaskServer(pool, clientId);
  if (server?.customerId !== customerId && server?.enrolledBy !== customerId) return undefined;
  return server && { server, token };
}

function notFound(reply: FastifyReply) {
  return reply.code(404).type('text/plain').send('');
}

function json(body: unknown): unknown {
  if (!Buffer.isBuffer(body)) return undefined;
  try {
    return JSON.parse(body.toString('utf8'));
  } catch {
    return undefined;
  }
}
