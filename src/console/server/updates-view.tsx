import { Grid, Group, Stack, Switch, Text, Title } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import type { Server } from '../api/endpoints.ts';
import { serverUpdatesQuery } from '../api/queries.ts';
import { Empty } from '../parts/empty.tsx';
import { Failure } from '../parts/failure.tsx';
import { AskField } from './ask-field.tsx';
import type { ServerScreenState } from './screen-state.ts';
import { UpdateList } from './update-list.tsx';
import { WhyPanel } from './why-panel.tsx';

interface UpdatesViewProps {
  readonly server: Server;
  readonly state: ServerScreenState;
  readonly onChoose: (state: ServerScreenState) => void;
}

/** What the server lacks, has failed, waits for or is offered; beside it, why that is so for the chosen update. */
export function UpdatesView({ server: { serverId, lastStatus }, state, onChoose }: UpdatesViewProps): ReactNode {
  const installed = state.installed ?? false;
  const updates = useQuery(serverUpdatesQuery(serverId, installed));
  const listed = updates.data?.updates ?? [];
  const asked = state.update ?? listed[0]?.updateId;
  const choose = (update: string): void => onChoose({ ...state, update });
  const { installed: _shown, ...hidden } = state;
  return (
    <Grid gap="md">
      <Grid.Col span={{ base: 12, md: 6 }}>
        <section className="card">
          <Group justify="space-between" mb="xs">
            <Title order={2}>Updates</Title>
            <Switch
              size="sm"
              label="Installed ones too"
              checked={installed}
              onChange={({ currentTarget: { checked } }) => onChoose(checked ? { ...state, installed: true } : hidden)}
            />
          </Group>
          {updates.error && <Failure error={updates.error} onRetry={() => void updates.refetch()} />}
          {updates.isSuccess && listed.length === 0 && (
            <Empty
              text={
                lastStatus
                  ? 'Its agent reports nothing that is needed, failed or waiting.'
                  : 'Its agent has not reported yet. It does after its first scan, within a day.'
              }
            />
          )}
          <UpdateList updates={listed} chosen={asked} onChoose={choose} />
        </section>
      </Grid.Col>
      <Grid.Col span={{ base: 12, md: 6 }}>
        <Stack gap="xs">
          <AskField onAsk={choose} />
          {asked === undefined ? (
            <Text size="sm" c="dimmed">
              Choose an update, or ask for any by its KB number.
            </Text>
          ) : (
            <WhyPanel server={serverId} update={asked} />
          )}
        </Stack>
      </Grid.Col>
    </Grid>
  );
}
