import { Group, Stack, Text, Title } from '@mantine/core';
import { useDocumentTitle } from '@mantine/hooks';
import { useInfiniteQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { serversQuery } from '../api/queries.ts';
import { Empty } from '../parts/empty.tsx';
import { Failure } from '../parts/failure.tsx';
import { FilterBar } from './filter-bar.tsx';
import { type Filters, isNarrowed } from './filters.ts';
import { ServerTable } from './server-table.tsx';

const route = getRouteApi('/servers');

/** Answers "which servers are late?" over the whole fleet. */
export function ServersScreen(): ReactNode {
  useDocumentTitle('Servers · Second Tuesday');
  const filters = route.useSearch();
  const navigate = route.useNavigate();
  const servers = useInfiniteQuery(serversQuery(filters));
  const choose = (search: Filters): void => void navigate({ search, replace: true });
  const rows = servers.data?.pages.flatMap(({ items }) => items) ?? [];
  const systems = [...new Set(rows.map(({ os }) => os))];
  return (
    <Stack gap="sm">
      <Group justify="space-between" align="baseline">
        <Title order={1}>Servers</Title>
        <Text size="sm" c="dimmed" className="number" role="status">
          {servers.isSuccess && countText(rows.length, servers.hasNextPage)}
        </Text>
      </Group>
      <FilterBar filters={filters} systems={systems} onChange={choose} />
      {servers.error && <Failure error={servers.error} onRetry={() => void servers.refetch()} />}
      {servers.isSuccess && rows.length === 0 ? (
        <section className="card">
          <NoServers narrowed={isNarrowed(filters)} />
        </section>
      ) : (
        <ServerTable
          rows={rows}
          filters={filters}
          loading={servers.isPending || servers.isFetchingNextPage}
          stale={servers.isPlaceholderData}
          onSort={choose}
          {...(servers.hasNextPage ? { onEnd: () => void servers.fetchNextPage() } : {})}
        />
      )}
    </Stack>
  );
}

function NoServers({ narrowed }: { readonly narrowed: boolean }): ReactNode {
  if (narrowed) return <Empty text="No server fits these filters." />;
  return (
    <Empty
      text="No server has come yet. A server comes when WUServer in its Windows Update policy holds the address of this service with the token of its customer:"
      commands={[
        'bin/second-tuesday customers add Contoso --zone Europe/London --plan default',
        'bin/second-tuesday status',
      ]}
    />
  );
}

function countText(shown: number, more: boolean | undefined): string {
  const count = shown.toLocaleString('en');
  if (more) return `the first ${count}; scroll for more`;
  return shown === 1 ? '1 server' : `${count} servers`;
}
