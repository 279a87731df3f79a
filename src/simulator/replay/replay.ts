import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { firstDifference, skeletonOf } from '#simulator/replay/skeleton.ts';

export interface ReplayOptions {
  /** A folder that a service with ST_RECORD_DIR wrote. */
  readonly folder: string;
  /** The service to talk to, as clients reach it, with a token's path if wanted. */
  readonly url: string;
  readonly fetch: typeof fetch;
  readonly print: (line: string) => void;
  readonly signal: AbortSignal;
}

/** One recorded exchange, compared. */
export interface ReplayedExchange {
  readonly name: string;
  readonly path: string;
  /** Absent: the same status and the same structure. */
  readonly difference?: string;
}

const PATIENCE_MS = 60_000;
/** What a recording has no more, and a live conversation must fill in: values of these elements, from the last answer that had them. */
const LIVE = ['EncryptedData', 'CookieData', 'LastChange', 'Expiration'] as const;

/**
 * Sends a recorded conversation again and compares the structure of the answers, element by element. Cookies and the configuration's
 * date, which recordings do not keep, are taken from the live answers.
 */
export async function replay({ folder, url, fetch, print, signal }: ReplayOptions): Promise<ReplayedExchange[]> {
  const live = new Map<string, string>();
  const results: ReplayedExchange[] = [];
  for (const name of (await readdir(folder)).filter((entry) => /^\d{6}$/.test(entry)).sort()) {
    const place = join(folder, name);
    const about = JSON.parse(await readFile(join(place, 'exchange.json'), 'utf8')) as { path: string; status: number };
    const request = filledIn(await readFile(join(place, 'request.body'), 'utf8'), live);
    const answer = await fetch(`${url.replace(/\/+$/, '')}${about.path}`, {
      method: 'POST',
      headers: { 'content-type': 'text/xml; charset=utf-8' },
      body: request,
      signal: AbortSignal.any([signal, AbortSignal.timeout(PATIENCE_MS)]),
    });
    const text = await answer.text();
    learn(text, live);
    const difference = differenceOf(
      about.status,
      await readFile(join(place, 'response.body'), 'utf8'),
      answer.status,
      text,
    );
    results.push({ name, path: about.path, ...(difference ? { difference } : {}) });
    print(`${difference ? 'differs' : 'equal  '}  ${name}  ${about.path}${difference ? `  ${difference}` : ''}`);
  }
  return results;
}

function differenceOf(recordedStatus: number, recorded: string, status: number, text: string): string | undefined {
  if (recordedStatus !== status) return `status ${recordedStatus}, now ${status}`;
  return firstDifference(skeletonOf(recorded), skeletonOf(text));
}

function learn(text: string, live: Map<string, string>): void {
  for (const name of LIVE) {
    const value = new RegExp(`<(?:\\w+:)?${name}>([^<]*)</`).exec(text)?.[1];
    if (value) live.set(name, value);
  }
}

/** Requests spell `lastChange` in lower case; answers `LastChange`. */
function filledIn(request: string, live: ReadonlyMap<string, string>): string {
  let text = request;
  for (const [name, value] of live) {
    const element = name === 'LastChange' ? 'lastChange' : name;
    text = text.replaceAll(
      new RegExp(`(<(?:\\w+:)?${element}>)[^<]*(</)`, 'g'),
      (_all, open, close) => `${open}${value}${close}`,
    );
  }
  return text;
}
