import '@mantine/core/styles.css';
import './console.css';
import { MantineProvider } from '@mantine/core';
import { MutationCache, QueryCache, QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { RouterProvider } from '@tanstack/react-router';
import { createRoot } from 'react-dom/client';
import { ApiError } from './api/http.ts';
import { sessionQuery } from './api/queries.ts';
import { router } from './router.tsx';
import { SessionGate } from './session/session-gate.tsx';
import { cssVariables, theme } from './theme.ts';

/** A session that has ended brings the sign-in back, over whatever screen it happened on. */
function askAgain(error: Error): void {
  if (error instanceof ApiError && error.status === 401) void queries.resetQueries({ queryKey: sessionQuery.queryKey });
}

const queries: QueryClient = new QueryClient({
  queryCache: new QueryCache({
    onError: (error, { queryKey }) => {
      if (queryKey[0] !== sessionQuery.queryKey[0]) askAgain(error);
    },
  }),
  mutationCache: new MutationCache({
    onError: (error, _given, _context, { options }) => {
      if (options.mutationKey?.[0] !== sessionQuery.queryKey[0]) askAgain(error);
    },
  }),
  defaultOptions: {
    // What the service refuses it will refuse again; only a service that does not answer is worth another try.
    queries: { retry: (tries, error) => tries < 2 && !(error instanceof ApiError && error.status > 0) },
  },
});

/** Mantine writes its variables into <style> elements; the service's policy lets in only those with this nonce. */
function nonce(): string {
  return document.querySelector<HTMLMetaElement>('meta[property=csp-nonce]')?.nonce ?? '';
}

const place = document.getElementById('root');
if (!place) throw new Error('index.html has no #root');
createRoot(place).render(
  <MantineProvider theme={theme} cssVariablesResolver={cssVariables} defaultColorScheme="auto" getStyleNonce={nonce}>
    <QueryClientProvider client={queries}>
      <SessionGate>
        <RouterProvider router={router} />
      </SessionGate>
    </QueryClientProvider>
  </MantineProvider>,
);
