import { randomUUID } from 'node:crypto';
import type { FastifyError, FastifyInstance } from 'fastify';
import { CodedError, ERRORS, type ErrorCode } from '#contract/errors.ts';

interface Log {
  error(details: object, message: string): void;
}

/** Codes of Fastify for what a caller did wrong; every other is our own failure. */
const FASTIFY: ReadonlyMap<string, ErrorCode> = new Map([
  ['FST_ERR_CTP_BODY_TOO_LARGE', 'request.too-large'],
  ['FST_ERR_HANDLER_TIMEOUT', 'service.timeout'],
]);

/** Of Node and `pg`: nothing answers. PostgreSQL's class 08 is lost connections, 57P its shutdown, 53300 too many connections. */
const UNREACHABLE = /^(ECONNREFUSED|ECONNRESET|ENOENT|ETIMEDOUT|EPIPE|08\d{3}|57P0\d|53300)$/;

/** The one place where errors become answers: coded ones as they are, all others logged once under an id and never shown. */
export function answerRefusals(app: FastifyInstance, log: Log): void {
  app.setErrorHandler((error: FastifyError, request, reply) => {
    const coded = error instanceof CodedError ? error : fromOutside(error);
    const id = coded ? undefined : randomUUID();
    if (id) log.error({ id, err: error, method: request.method, route: request.routeOptions.url }, 'a request failed');
    const refusal = coded ?? new CodedError('service.failed', ERRORS['service.failed'].meaning);
    const { code, message, details } = refusal;
    if (!request.raw.complete) reply.header('connection', 'close'); // nobody waits for a body that was refused
    return reply.code(ERRORS[code].status).send({ error: { code, message, details, ...(id ? { id } : {}) } });
  });
  app.setNotFoundHandler((request, reply) => {
    const message = `There is no ${request.method} ${request.url.split('?', 1)[0]?.slice(0, 200)}.`;
    return reply.code(404).send({ error: { code: 'not-found', message, details: [] } });
  });
}

function fromOutside(error: FastifyError): CodedError | undefined {
  const code = FASTIFY.get(error.code);
  if (code) return new CodedError(code, ERRORS[code].meaning);
  if (UNREACHABLE.test(error.code ?? ''))
    return new CodedError('store.unreachable', ERRORS['store.unreachable'].meaning);
  if (error.code === 'ERR_STREAM_PREMATURE_CLOSE')
    return new CodedError('usage.wrong', 'The body ended before its end.');
  const { statusCode = 500 } = error;
  return statusCode >= 400 && statusCode < 500 ? new CodedError('usage.wrong', error.message) : undefined;
}
