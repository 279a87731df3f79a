import { Skeleton, Stack, Tabs } from '@mantine/core';
import { useDocumentTitle } from '@mantine/hooks';
import { useQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { serverQuery } from '../api/queries.ts';
import { Failure } from '../parts/failure.tsx';
import { ForecastView } from './forecast-view.tsx';
import type { ServerScreenState } from './screen-state.ts';
import { ServerFacts } from './server-facts.tsx';
import { UpdatesView } from './updates-view.tsx';

const route = getRouteApi('/servers/$server');

/** Answers "why is this one not patched?" and "what comes next here?". */
export function ServerScreen(): ReactNode {
  const { server: reference } = route.useParams();
  const state = route.useSearch();
  const navigate = route.useNavigate();
  const choose = (search: ServerScreenState): void => void navigate({ search });
  const server = useQuery(serverQuery(reference));
  useDocumentTitle(`${server.data?.dnsName ?? 'Server'} · Second Tuesday`);
  if (server.error && !server.data) return <Failure error={server.error} onRetry={() => void server.refetch()} />;
  if (!server.data) return <Skeleton h={400} />;
  return (
    <Stack gap="md">
      <ServerFacts server={server.data} />
      <Tabs
        value={state.tab ?? 'updates'}
        onChange={(tab) => choose(tab === 'forecast' ? { tab } : {})}
        keepMounted={false}
      >
        <Tabs.List>
          <Tabs.Tab value="updates">Updates</Tabs.Tab>
          <Tabs.Tab value="forecast">Forecast</Tabs.Tab>
        </Tabs.List>
        <Tabs.Panel value="updates" pt="md">
          <UpdatesView server={server.data} state={state} onChoose={choose} />
        </Tabs.Panel>
        <Tabs.Panel value="forecast" pt="md">
          <ForecastView server={server.data} />
        </Tabs.Panel>
      </Tabs>
    </Stack>
  );
}
