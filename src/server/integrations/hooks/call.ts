import { createHmac } from 'node:crypto';
import { z } from 'zod';
import type { Json } from '#domain/evidence/canonical-json.ts';

/** One call of a hook. */
export interface HookRequest {
  readonly url: string;
  readonly body: Json;
  /** Signs the body. */
  readonly secret: string;
  /** The same for every attempt of one step: who acted on it already need not do so again. */
  readonly idempotencyKey: string;
  readonly timeoutSeconds: number;
  /** Wall time, for the signature. */
  readonly now: Temporal.Instant;
  /** Aborts when the service stops. */
  readonly signal?: AbortSignal;
}

export type HookAnswer =
  | { readonly ok: true; readonly reference?: string }
  | { readonly ok: false; readonly error: string };

const MOST_BYTES = 64 * 1024;

/** What the other side may answer: a name for what it made. Anything else that it says is passed over. */
const answerSchema = z.object({
  reference: z
    .string()
    .trim()
    .min(1)
    .max(255)
    .regex(/^[^\p{Cc}]*$/u),
});

/**
 * Posts JSON. Well done is a status of 200 to 299 within the time; a redirect is an error, since what is signed goes to one address only.
 * `X-Second-Tuesday-Signature` is `t=<seconds>,v1=<hex>`: HMAC-SHA256 of `<seconds>.<body>` with the hook's secret.
 */
export async function callHook(request: HookRequest): Promise<HookAnswer> {
  const { url, secret, idempotencyKey, timeoutSeconds, now, signal } = request;
  const body = JSON.stringify(request.body);
  const limit = AbortSignal.timeout(timeoutSeconds * 1000);
  try {
    const response = await fetch(url, {
      method: 'POST',
      redirect: 'manual',
      signal: signal ? AbortSignal.any([limit, signal]) : limit,
      headers: {
        'content-type': 'application/json',
        'idempotency-key': idempotencyKey,
        'x-second-tuesday-signature': signature(secret, body, now),
      },
      body,
    });
    const text = await bounded(response);
    if (response.status < 200 || response.status > 299) return { ok: false, error: `it answered ${response.status}` };
    if (text === undefined) return { ok: false, error: `it answered with more than ${MOST_BYTES / 1024} KB` };
    const read = answerSchema.safeParse(json(text));
    return { ok: true, ...(read.success ? { reference: read.data.reference } : {}) };
  } catch (error) {
    return { ok: false, error: reasonOf(error as Error, limit.aborted, timeoutSeconds) };
  }
}

/** The header that proves who called, and when. */
function signature(secret: string, body: string, now: Temporal.Instant): string {
  const seconds = Math.floor(now.epochMilliseconds / 1000);
  const digest = createHmac('sha256', secret).update(`${seconds}.${body}`).digest('hex');
  return `t=${seconds},v1=${digest}`;
}

/** The text of an answer; undefined when it is longer than anybody needs. */
async function bounded(response: Response): Promise<string | undefined> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of response.body ?? []) {
    size += chunk.byteLength;
    if (size > MOST_BYTES) return undefined; // leaving the loop cancels the rest
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

function json(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** `fetch` says little; why it failed is what caused its error. */
function reasonOf(error: Error, timedOut: boolean, seconds: number): string {
  if (timedOut) return `it did not answer within ${seconds} s`;
  const { cause } = error;
  return (cause instanceof Error ? cause.message || cause.name : error.message).slice(0, 200);
}
