import type { ReportingEvent, WuspRequest } from '#protocol/wusp/types.ts';
import { createMachine } from '../../machine/machine-state.ts';
import { createHttpClient } from '../http-client.ts';
import type { LogEntry, LogFact } from '../log-entry.ts';
import { createPolicy } from '../policy.ts';
import { createVirtualServer, type VirtualServer, type VirtualServerOptions } from '../virtual-server.ts';
import { type ScriptedServer, startScriptedServer } from './scripted-server.ts';

export const START = Temporal.Instant.from('2023-10-11T00:00:00Z');
const http = createHttpClient();

/** The update service of the present test. */
export let service: ScriptedServer = await startScriptedServer();

/** A new service for a new test. */
export async function renewService(): Promise<void> {
  await service.close();
  service = await startScriptedServer();
}

export async function stopService(): Promise<void> {
  http.close();
  await service.close();
}

export const IDENTITY = { clientId: 'a1a1a1a1-0000-4000-8000-000000000001', dnsName: 'srv1.example.com', zone: 'UTC' };

export function createServer(over: Partial<VirtualServerOptions> = {}): VirtualServer {
  const server = createVirtualServer({
    identity: IDENTITY,
    policy: createPolicy(service.url),
    machine: createMachine(),
    http,
    start: START,
    ...over,
  });
  service.now = server.nextEvent;
  return server;
}

/** Lives event by event until something happened. */
export async function liveUntil(server: VirtualServer, wanted: (fact: LogFact) => boolean): Promise<LogEntry[]> {
  const entries: LogEntry[] = [];
  for (let events = 0; events < 500; events++) {
    const at = server.nextEvent();
    service.now = () => at;
    const lived = await server.step(at);
    entries.push(...lived);
    if (lived.some(({ fact }) => wanted(fact))) return entries;
  }
  throw new Error(`it never happened: ${JSON.stringify(entries.slice(-5))}`);
}

export async function liveFor(server: VirtualServer, hours: number): Promise<LogEntry[]> {
  const entries: LogEntry[] = [];
  const end = server.nextEvent().add({ hours });
  for (let at = server.nextEvent(); Temporal.Instant.compare(at, end) <= 0; at = server.nextEvent()) {
    const now = at;
    service.now = () => now;
    entries.push(...(await server.step(at)));
  }
  return entries;
}

export function factsOf<Kind extends LogFact['kind']>(entries: readonly LogEntry[], kind: Kind) {
  return entries.map(({ fact }) => fact).filter((fact): fact is LogFact & { kind: Kind } => fact.kind === kind);
}

export function scanOf(entries: readonly LogEntry[]) {
  return factsOf(entries, 'scanned')[0];
}

export function operations(): readonly string[] {
  return service.requests.map(({ operation }) => operation);
}

export function requestsTo<O extends WuspRequest['operation']>(operation: O) {
  return service.requests.filter((r): r is Extract<WuspRequest, { operation: O }> => r.operation === operation);
}

export function reported(): readonly ReportingEvent[] {
  return requestsTo('ReportEventBatch').flatMap(({ eventBatch }) => eventBatch);
}

export function eventIds(): readonly number[] {
  return reported().map(({ basicData }) => basicData.eventId);
}

/** The lists of the last status report, by tag. */
export function lastStatus(): Readonly<Record<string, string>> {
  const status = reported().findLast(({ basicData }) => basicData.eventId === 156);
  const tags = status?.extendedData?.miscData?.filter((tag) => /^[UVWgh]=/.test(tag)) ?? [];
  return Object.fromEntries(tags.map((tag) => [tag.slice(0, 1), tag.slice(2)]));
}
