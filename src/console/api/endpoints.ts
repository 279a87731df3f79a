import type { EndpointCall, EndpointResult } from '#contract/endpoint.ts';
import type { listPauses } from '#contract/endpoints/control.ts';
import type { forecast, why } from '#contract/endpoints/decision.ts';
import type { listCustomers, listPlans, listServers } from '#contract/endpoints/fleet.ts';
import type { now, serverUpdates } from '#contract/endpoints/now.ts';
import type { showClock } from '#contract/endpoints/service.ts';
import type { showSession, signIn, signOut } from '#contract/endpoints/session.ts';
import { read, write } from './http.ts';

/** What the console reads, in the contract's own types; the schemas themselves stay with the service. */
export type Now = EndpointResult<typeof now>;
export type Attention = Now['attention'][number];
export type ServerPage = EndpointResult<typeof listServers>;
export type Server = ServerPage['items'][number];
export type Compliance = Server['compliance'];
export type ServerQuery = NonNullable<EndpointCall<typeof listServers>['query']>;
export type ServerUpdate = EndpointResult<typeof serverUpdates>['updates'][number];
export type Why = EndpointResult<typeof why>;
export type Forecast = EndpointResult<typeof forecast>;
export type Pause = EndpointResult<typeof listPauses>['items'][number];
export type Clock = EndpointResult<typeof showClock>;
export type Plan = EndpointResult<typeof listPlans>['items'][number];

export function fetchSession(signal: AbortSignal): Promise<EndpointResult<typeof showSession>> {
  return read('/session', {}, signal);
}

export function postSession(token: string): Promise<EndpointResult<typeof signIn>> {
  return write('POST', '/session', { token });
}

export function deleteSession(): Promise<EndpointResult<typeof signOut>> {
  return write('DELETE', '/session');
}

export function fetchClock(signal: AbortSignal): Promise<Clock> {
  return read('/clock', {}, signal);
}

export function fetchNow(signal: AbortSignal): Promise<Now> {
  return read('/now', {}, signal);
}

export function fetchCustomers(signal: AbortSignal): Promise<EndpointResult<typeof listCustomers>> {
  return read('/customers', { limit: 1000 }, signal);
}

export function fetchPlans(signal: AbortSignal): Promise<EndpointResult<typeof listPlans>> {
  return read('/plans', {}, signal);
}

export function fetchPausesInForce(signal: AbortSignal): Promise<EndpointResult<typeof listPauses>> {
  return read('/pauses', { state: 'in-force', limit: 1000 }, signal);
}

export function fetchServers(query: ServerQuery, signal: AbortSignal): Promise<ServerPage> {
  return read('/servers', query as Readonly<Record<string, string>>, signal);
}

export function fetchServer(server: string, signal: AbortSignal): Promise<Server> {
  return read(`/servers/${encodeURIComponent(server)}`, {}, signal);
}

export function fetchServerUpdates(
  server: string,
  installed: boolean,
  signal: AbortSignal,
): Promise<EndpointResult<typeof serverUpdates>> {
  return read(`/servers/${encodeURIComponent(server)}/updates`, { installed: String(installed) }, signal);
}

export function fetchWhy(server: string, update: string, signal: AbortSignal): Promise<Why> {
  return read(`/servers/${encodeURIComponent(server)}/updates/${encodeURIComponent(update)}/why`, {}, signal);
}

export function fetchForecast(server: string, weeks: number, signal: AbortSignal): Promise<Forecast> {
  return read(`/servers/${encodeURIComponent(server)}/forecast`, { weeks }, signal);
}
