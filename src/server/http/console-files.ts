import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import fastifyStatic from '@fastify/static';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';

const BUILT = join(import.meta.dirname, '../../../dist/console');
/** What the build writes wherever a nonce must stand (`html.cspNonce` of Vite). */
const NONCE_PLACE = 'NONCE';
/** These answer programs: what is not found there is an error, never the console's page. */
const FOR_PROGRAMS = /^\/(api|metrics|healthz|readyz)(\/|$)/i;

/**
 * Serves the console as `npm start` builds it: its files, and its page at `/` and wherever a link into a screen points. False, and
 * nothing is served, when it was not built.
 */
export async function mountConsole(app: FastifyInstance, folder = BUILT): Promise<boolean> {
  const page = await readFile(join(folder, 'index.html'), 'utf8').catch(() => undefined);
  if (page === undefined) return false;
  await app.register(fastifyStatic, {
    root: join(folder, 'assets'),
    prefix: '/assets/',
    preCompressed: true,
    cacheControl: false,
    // The names carry a digest of the content.
    setHeaders: (reply) => void reply.header('cache-control', 'public, max-age=31536000, immutable'),
  });
  await app.register(fastifyStatic, {
    root: folder,
    wildcard: false,
    globIgnore: ['index.html', 'assets/**'],
    decorateReply: false,
    cacheControl: false,
    setHeaders: (reply) => void reply.header('cache-control', 'no-cache'),
  });
  app.get('/', async (_request, reply) => sendPage(reply, page));
  app.get('/*', async (request, reply) => (wantsScreen(request) ? sendPage(reply, page) : reply.callNotFound()));
  return true;
}

function wantsScreen({ url, headers }: FastifyRequest): boolean {
  return (headers.accept ?? '').includes('text/html') && !FOR_PROGRAMS.test(url.split('?', 1)[0] ?? '');
}

/** The page is never kept: each answer has a nonce of its own, and names the files of this build. */
function sendPage(reply: FastifyReply, page: string): FastifyReply {
  const nonce = randomBytes(16).toString('base64');
  return reply
    .header('content-security-policy', policyWith(nonce))
    .header('cache-control', 'no-store')
    .type('text/html; charset=utf-8')
    .send(page.replaceAll(NONCE_PLACE, nonce));
}

/** Only our own scripts, and the styles that carry the nonce; nothing from elsewhere, no frame around us. */
function policyWith(nonce: string): string {
  return [
    "default-src 'none'",
    "script-src 'self'",
    `style-src 'self' 'nonce-${nonce}'`,
    "img-src 'self' data:",
    "connect-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join('; ');
}
