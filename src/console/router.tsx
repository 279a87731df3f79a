import { createRootRoute, createRoute, createRouter } from '@tanstack/react-router';
import { NowScreen } from './now/now-screen.tsx';
import { Lost } from './parts/lost.tsx';
import { readServerScreen } from './server/screen-state.ts';
import { ServerScreen } from './server/server-screen.tsx';
import { readFilters } from './servers/filters.ts';
import { ServersScreen } from './servers/servers-screen.tsx';
import { Shell } from './shell/shell.tsx';

const root = createRootRoute({ component: Shell, notFoundComponent: Lost });
const now = createRoute({ getParentRoute: () => root, path: '/', component: NowScreen });
const servers = createRoute({
  getParentRoute: () => root,
  path: '/servers',
  component: ServersScreen,
  validateSearch: readFilters,
});
const server = createRoute({
  getParentRoute: () => root,
  path: '/servers/$server',
  component: ServerScreen,
  validateSearch: readServerScreen,
});

/** What is chosen on a screen stands in its address, so that every view can be linked to. */
export const router = createRouter({
  routeTree: root.addChildren([now, servers, server]),
  defaultPreload: false,
  scrollRestoration: true,
});

declare module '@tanstack/react-router' {
  interface Register {
    router: typeof router;
  }
}
