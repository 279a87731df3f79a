import { Skeleton, Stack, Text, Title } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import type { Forecast, Server } from '../api/endpoints.ts';
import { forecastQuery, serverUpdatesQuery } from '../api/queries.ts';
import { Empty } from '../parts/empty.tsx';
import { Failure } from '../parts/failure.tsx';
import { newsOf } from './forecast-news.ts';
import classes from './forecast-view.module.css';
import { ForecastWindow } from './forecast-window.tsx';

const WEEKS = 8;

/** What comes in the next eight weeks, as far as is known today: each window with its updates, then what no window takes. */
export function ForecastView({ server: { serverId } }: { readonly server: Server }): ReactNode {
  const forecast = useQuery(forecastQuery(serverId, WEEKS));
  const updates = useQuery(serverUpdatesQuery(serverId, false));
  if (forecast.error) return <Failure error={forecast.error} onRetry={() => void forecast.refetch()} />;
  if (!forecast.data) return <Skeleton h={300} />;
  const { windows, held, zone, mode, at } = forecast.data;
  const restarts = new Map(updates.data?.updates.map(({ updateId, restart }) => [updateId, restart]));
  return (
    <Stack gap="md">
      <section className="card">
        <Title order={2} mb="xs">
          Windows of the next {WEEKS} weeks
        </Title>
        {mode === 'observe' && (
          <Text size="sm" c="dimmed">
            The server is only observed: this is what being managed would bring.
          </Text>
        )}
        {windows.length === 0 && <Empty text="No window: the server has no plan, or belongs to no customer." />}
        <ol className={classes.windows}>
          {newsOf(windows).map((window) => (
            <ForecastWindow
              key={window.window.start}
              window={window}
              zone={zone}
              at={at}
              server={serverId}
              restarts={restarts}
            />
          ))}
        </ol>
      </section>
      <Held held={held} server={serverId} />
    </Stack>
  );
}

function Held({ held, server }: { readonly held: Forecast['held']; readonly server: string }): ReactNode {
  return (
    <section className="card">
      <Title order={2} mb="xs">
        Held: what no window takes
      </Title>
      {held.length === 0 && <Empty text="Nothing is held beyond these weeks." />}
      <ul className={classes.held}>
        {held.map(({ updateId, title, text, code }) => (
          <li key={updateId}>
            <Link to="/servers/$server" params={{ server }} search={{ update: updateId }}>
              {title}
            </Link>
            <Text size="sm" c="dimmed">
              {text} <span className={classes.code}>{code}</span>
            </Text>
          </li>
        ))}
      </ul>
    </section>
  );
}
