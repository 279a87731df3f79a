import { Readable } from 'node:stream';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import * as z from 'zod';
import { ENDPOINTS, type EndpointName } from '#contract/api.ts';
import type { Endpoint, EndpointInput } from '#contract/endpoint.ts';
import { CodedError } from '#contract/errors.ts';
import { openApi } from '#contract/openapi.ts';
import { Sha1 } from '#contract/values.ts';
import { allowedText } from '#server/api/allowed-text.ts';
import { authenticate } from '#server/api/authenticate.ts';
import { change } from '#server/api/change.ts';
import { putContent } from '#server/api/content.ts';
import type { ApiCaller, ApiDeps, Handler } from '#server/api/deps.ts';
import { HANDLERS } from '#server/api/handlers.ts';
import { backup } from '#server/store/backup/backup.ts';

const MEGABYTE = 1024 * 1024;
const MINUTE_MS = 60_000;
/** A batch of whole documents is as large as 500 ordinary ones, or one of the largest. */
const IMPORT_BYTES = 128 * MEGABYTE;
/** The largest inventory file, as JSON text. */
const INVENTORY_BYTES = 40 * MEGABYTE;
/** Endpoints that take more than an ordinary request. */
const LARGE: ReadonlyMap<string, number> = new Map<EndpointName, number>([
  ['importDocuments', IMPORT_BYTES],
  ['importInventory', INVENTORY_BYTES],
  ['importCalendar', 12 * MEGABYTE],
  ['importEvidence', 32 * MEGABYTE],
  ['readSysteminfo', 32 * MEGABYTE],
]);
/** What works through much: documents, a fleet that settles, every record. */
const LONG: ReadonlySet<string> = new Set<EndpointName>([
  'importDocuments',
  'importInventory',
  'moveClock',
  'verifyRecords',
  'syncDirectory',
]);
/** Feature updates have several gigabytes, and lines are slow. */
const STREAM_MS = 12 * 60 * MINUTE_MS;

/** Mounts `/api/v1`: every endpoint of the contract and the three that stream. All but the API's own description want a token. */
export function mountApi(app: FastifyInstance, deps: ApiDeps): void {
  app.get('/openapi.json', async () => openApi(deps.version));
  app.register(async (scope) => {
    const callers = authenticate(scope, deps);
    for (const [name, endpoint] of Object.entries<Endpoint>(ENDPOINTS)) {
      // The table of handlers ties each name to its own types, which TypeScript cannot follow through a variable name.
      const handler = HANDLERS[name as EndpointName] as unknown as Handler<Endpoint>;
      scope.route({
        method: endpoint.method,
        url: endpoint.path,
        ...(LONG.has(name) ? { handlerTimeout: 10 * MINUTE_MS } : {}),
        ...bodyLimit(name),
        handler: (request) => handler(deps, readInput(endpoint, request), callers(request)),
      });
    }
    mountBackup(scope, deps, callers);
    mountContent(scope, deps, callers);
  });
}

function bodyLimit(name: string): { bodyLimit?: number } {
  const bytes = LARGE.get(name);
  return bytes === undefined ? {} : { bodyLimit: bytes };
}

function readInput(endpoint: Endpoint, { params, query, body }: FastifyRequest): EndpointInput<Endpoint> {
  return {
    params: read('path', endpoint.params, params),
    query: read('query', endpoint.query, query),
    body: read('body', endpoint.body, body),
  };
}

/** What is given in one place, checked; every problem is named with its field. */
function read(place: string, schema: z.ZodType | undefined, given: unknown): unknown {
  if (!schema) return undefined;
  const { success, data, error } = schema.safeParse(given, { error: allowedText });
  if (success) return data;
  const details = error.issues.slice(0, 20).map(({ path, message }) => `${path.join('.') || place}: ${message}`);
  throw new CodedError('usage.wrong', details[0] ?? `${place} is wrong`, details);
}

function mountBackup(scope: FastifyInstance, deps: ApiDeps, callers: (request: FastifyRequest) => ApiCaller): void {
  scope.get('/backup', { handlerTimeout: STREAM_MS }, async (request, reply) => {
    const { name: who, at } = callers(request);
    await change(deps, async () => ({
      outcome: undefined,
      noted: [{ at, who, what: 'backup.taken', subject: {}, facts: {} }],
    }));
    const day = at.toString().slice(0, 10);
    reply.header('content-type', 'application/zstd');
    reply.header('content-disposition', `attachment; filename="second-tuesday-${day}.backup"`);
    return reply.send(Readable.from(backup(deps.pool, at), { objectMode: false }));
  });
}

function mountContent(app: FastifyInstance, deps: ApiDeps, callers: (request: FastifyRequest) => ApiCaller): void {
  app.register(async (scope) => {
    scope.removeAllContentTypeParsers();
    scope.addContentTypeParser('*', (_request, payload, done) => done(null, payload));
    scope.put('/content/:sha1', { handlerTimeout: STREAM_MS }, async (request) => {
      const { sha1 } = read('path', z.object({ sha1: Sha1 }), request.params) as { sha1: string };
      const bytes = request.body instanceof Readable ? request.body : Readable.from([]);
      return putContent(deps, sha1, bytes, callers(request));
    });
  });
}
