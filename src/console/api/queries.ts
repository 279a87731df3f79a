import { infiniteQueryOptions, keepPreviousData, queryOptions } from '@tanstack/react-query';
import {
  fetchClock,
  fetchCustomers,
  fetchForecast,
  fetchNow,
  fetchPausesInForce,
  fetchPlans,
  fetchServer,
  fetchServers,
  fetchServerUpdates,
  fetchSession,
  fetchWhy,
  type ServerQuery,
} from './endpoints.ts';

/** What is on the screen is never older than this. */
const FRESH_MS = 30_000;
const RARELY_CHANGED_MS = 10 * 60_000;
const SERVERS_PER_PAGE = 200;

export const sessionQuery = queryOptions({
  queryKey: ['session'],
  queryFn: ({ signal }) => fetchSession(signal),
  staleTime: Number.POSITIVE_INFINITY,
  refetchOnWindowFocus: false,
});

export const clockQuery = queryOptions({
  queryKey: ['clock'],
  queryFn: ({ signal }) => fetchClock(signal),
  refetchInterval: FRESH_MS,
});

export const nowQuery = queryOptions({
  queryKey: ['now'],
  queryFn: ({ signal }) => fetchNow(signal),
  refetchInterval: FRESH_MS,
});

export const customersQuery = queryOptions({
  queryKey: ['customers'],
  queryFn: ({ signal }) => fetchCustomers(signal),
  staleTime: RARELY_CHANGED_MS,
});

export const plansQuery = queryOptions({
  queryKey: ['plans'],
  queryFn: ({ signal }) => fetchPlans(signal),
  staleTime: RARELY_CHANGED_MS,
});

export const pausesQuery = queryOptions({
  queryKey: ['pauses'],
  queryFn: ({ signal }) => fetchPausesInForce(signal),
  staleTime: FRESH_MS,
});

/** The servers that fit, page after page, as far as somebody has scrolled. */
export function serversQuery(query: Omit<ServerQuery, 'after' | 'limit'>) {
  return infiniteQueryOptions({
    queryKey: ['servers', query],
    queryFn: ({ pageParam, signal }) => {
      const after = pageParam === undefined ? {} : { after: pageParam };
      return fetchServers({ ...query, ...after, limit: SERVERS_PER_PAGE }, signal);
    },
    initialPageParam: undefined as string | undefined,
    getNextPageParam: ({ next }) => next,
    placeholderData: keepPreviousData,
    staleTime: FRESH_MS,
  });
}

export function serverQuery(server: string) {
  return queryOptions({
    queryKey: ['server', server],
    queryFn: ({ signal }) => fetchServer(server, signal),
    refetchInterval: FRESH_MS,
  });
}

export function serverUpdatesQuery(server: string, installed: boolean) {
  return queryOptions({
    queryKey: ['server', server, 'updates', installed],
    queryFn: ({ signal }) => fetchServerUpdates(server, installed, signal),
    placeholderData: keepPreviousData,
    staleTime: FRESH_MS,
  });
}

export function whyQuery(server: string, update: string) {
  return queryOptions({
    queryKey: ['server', server, 'why', update],
    queryFn: ({ signal }) => fetchWhy(server, update, signal),
    staleTime: FRESH_MS,
  });
}

export function forecastQuery(server: string, weeks: number) {
  return queryOptions({
    queryKey: ['server', server, 'forecast', weeks],
    queryFn: ({ signal }) => fetchForecast(server, weeks, signal),
    staleTime: FRESH_MS,
  });
}
