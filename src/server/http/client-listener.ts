import Fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest, LogController } from 'fastify';
import type { Logger } from 'pino';
import { SERVICES, type Service } from '#protocol/wusp/operations.ts';
import { contentAnswer } from '#server/content/answer.ts';
import type { ContentFiles } from '#server/content/content-files.ts';
import { closeGently } from '#server/http/close-gently.ts';
import type { Recorder } from '#server/http/recorder.ts';
import { settingsRoutes } from '#server/http/settings-routes.ts';
import { answerSoap } from '#server/wsus/endpoint.ts';
import type { WsusService } from '#server/wsus/service.ts';

export interface ClientListenerOptions {
  readonly wsus: WsusService;
  readonly files: ContentFiles;
  readonly now: () => Temporal.Instant;
  readonly log: Logger;
  /** Absent: plain HTTP. */
  readonly tls?: { readonly certificate: string; readonly key: string };
  /** What clients write into WUServer; absent: what they asked for. */
  readonly publicUrl?: string;
  readonly recorder?: Recorder;
  /** How long a request may take to come in whole, in milliseconds; absent: a minute. */
  readonly requestTimeout?: number;
}

/** SyncUpdates with 5,000 ids has a few hundred KB; a batch of events less. */
const BODY_LIMIT = 10 * 1024 * 1024;
/** A request that has not come in whole by then is dropped: slow senders must not hold connections. */
const REQUEST_TIMEOUT_MS = 60_000;
/** Node looks this often for requests that took too long; no longer than the timeout itself. */
const CHECK_EVERY_MS = 30_000;
/** A connection on which nothing moves for so long, in the middle of a file too, is dropped: slow readers must not hold files open. */
const STALLED_MS = 5 * 60_000;
/** Delivery Optimization keeps idle connections for at least 31 s. */
const KEEP_ALIVE_MS = 65_000;
/** Answers to the troubleshooters who open it by hand, as Microsoft's documents tell them to. */
const VERSION_FILE = '<?xml version="1.0" encoding="utf-8"?>\n<ServerVersion>Second Tuesday</ServerVersion>\n';

/**
 * One listener for clients: the SOAP services, with and without an enrolment token in front of the path, payloads and the self-update
 * tree. Paths are matched whatever their case, as IIS does.
 */
export function clientListener(options: ClientListenerOptions): FastifyInstance {
  const { log, tls, requestTimeout = REQUEST_TIMEOUT_MS } = options;
  const timing = {
    connectionsCheckingInterval: Math.min(CHECK_EVERY_MS, requestTimeout),
    headersTimeout: requestTimeout, // Node takes the larger of the two for the whole request
  };
  const app = Fastify({
    loggerInstance: log,
    logController: new LogController({ disableRequestLogging: true }), // paths carry enrolment tokens
    bodyLimit: BODY_LIMIT,
    requestTimeout,
    connectionTimeout: STALLED_MS,
    keepAliveTimeout: KEEP_ALIVE_MS,
    forceCloseConnections: 'idle',
    routerOptions: { caseSensitive: false, maxParamLength: 200 },
    ...(tls
      ? { https: { ...timing, cert: tls.certificate, key: tls.key, minVersion: 'TLSv1.2' as const } }
      : { http: timing }),
  }) as unknown as FastifyInstance;
  app.addHook('preClose', async () => closeGently(app.server));
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => done(null, body));
  for (const prefix of ['', '/:token']) {
    for (const service of Object.values(SERVICES)) {
      app.post(`${prefix}${service.path}`, (request, reply) => soap(options, service, request, reply));
    }
    app.get(`${prefix}/ClientWebService/wusserverversion.xml`, (_request, reply) =>
      reply.type('text/xml').send(VERSION_FILE),
    );
    app.route({
      method: ['GET', 'HEAD'],
      url: `${prefix}/Content/*`,
      handler: (request, reply) => file(request, reply, options.files.payload(rest(request))),
    });
    app.route({
      method: ['GET', 'HEAD'],
      url: `${prefix}/SelfUpdate/*`,
      handler: (request, reply) => file(request, reply, options.files.selfUpdate(rest(request))),
    });
  }
  settingsRoutes(app, options);
  app.setErrorHandler((error: Error & { readonly statusCode?: number }, request, reply) => {
    const status = error.statusCode ?? 500;
    if (status >= 500) log.error({ err: error, method: request.method }, 'a client request failed');
    return reply.code(status).header('connection', 'close').type('text/plain').send('');
  });
  return app;
}

async function soap(options: ClientListenerOptions, endpoint: Service, request: FastifyRequest, reply: FastifyReply) {
  const body = Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0);
  const { token } = request.params as { readonly token?: string };
  const caller = {
    at: options.now(),
    baseUrl: baseUrl(options, request, token),
    ...(token === undefined ? {} : { token }),
  };
  const encoding = /\bxpress\b/i.test(request.headers['accept-encoding'] ?? '') ? 'xpress' : 'escaped';
  const answer = await answerSoap(options.wsus, { endpoint, encoding, caller, log: options.log }, body);
  options.recorder?.note({
    path: endpoint.path,
    at: caller.at,
    encoding,
    request: body,
    status: answer.status,
    response: answer.body,
  });
  return reply
    .code(answer.status)
    .headers(answer.headers)
    .send(answer.body.length === 1 ? answer.body[0] : Buffer.concat(answer.body));
}

/** How this client reaches us; URLs in answers begin with it, so that it comes back the same way. */
function baseUrl(
  { publicUrl, tls }: ClientListenerOptions,
  request: FastifyRequest,
  token: string | undefined,
): string {
  const origin = publicUrl?.replace(/\/+$/, '') ?? `${tls ? 'https' : 'http'}://${request.host}`;
  return token === undefined ? origin : `${origin}/${token}`;
}

function rest(request: FastifyRequest): string {
  return (request.params as { readonly '*': string })['*'];
}

async function file(request: FastifyRequest, reply: FastifyReply, found: ReturnType<ContentFiles['payload']>) {
  const served = await found;
  if (!served) return reply.code(404).send('');
  const method = request.method === 'HEAD' ? 'HEAD' : 'GET';
  const { range, 'if-range': ifRange } = request.headers;
  const answer = contentAnswer(method, served, range, typeof ifRange === 'string' ? ifRange : undefined);
  return reply
    .code(answer.status)
    .headers(answer.headers)
    .send(answer.body ?? '');
}
