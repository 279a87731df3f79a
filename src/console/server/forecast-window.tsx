import { Text } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { State } from '../parts/state.tsx';
import { dateOnly, dateTime, distance } from '../parts/time.ts';
import type { NewsOfWindow } from './forecast-news.ts';
import classes from './forecast-view.module.css';
import { restartWords } from './restart-words.ts';

interface ForecastWindowProps {
  readonly window: NewsOfWindow;
  readonly zone: string;
  readonly at: string;
  readonly server: string;
  /** Whether an update wants a restart, where that is known. */
  readonly restarts: ReadonlyMap<string, boolean>;
}

/** One window: when it is by the server's own clock, what it may install, whether the server restarts. */
export function ForecastWindow({ window, zone, at, server, restarts }: ForecastWindowProps): ReactNode {
  const { window: span, leadFrom, news, again, work } = window;
  const conditions = new Set(news.flatMap(({ condition }) => condition?.text ?? []));
  return (
    <li className={classes.window}>
      <div>
        <Text fw={600}>{dateOnly(span.start, zone)}</Text>
        <Text size="sm">
          {clockOf(span.start, zone)}–{clockOf(span.end, zone)}
        </Text>
        <Text size="xs" c="dimmed">
          {distance(span.start, Date.parse(at))}
        </Text>
      </div>
      <div>
        <State colour={span.primary ? 'information' : 'unknown'}>
          {span.primary ? `release ${span.cycle}` : `follow-up ${span.cycle}`}
        </State>
        <Text size="xs" c="dimmed" mt={4}>
          offered from {dateTime(leadFrom, zone)}
        </Text>
      </div>
      <div>
        <Updates list={news} server={server} />
        {again.length > 0 && (
          <details className={classes.again}>
            <summary>
              {again.length === 1 ? '1 update' : `${again.length} updates`} of before, where still missing
            </summary>
            <Updates list={again} server={server} />
          </details>
        )}
        {[...conditions].map((text) => (
          <Text key={text} size="xs" c="dimmed">
            if: {text}
          </Text>
        ))}
        {work.map(({ title, tool, start, end }) => (
          <Text key={`${start} ${title}`} size="sm">
            {clockOf(start, zone)}–{clockOf(end, zone)} {title} <span className={classes.aside}>by {tool}</span>
          </Text>
        ))}
        {span.primary && news.length === 0 && (
          <Text size="sm" c="dimmed">
            what Patch Tuesday of {span.cycle} brings, as far as it is approved
          </Text>
        )}
        {!span.primary && news.length + again.length === 0 && (
          <Text size="sm" c="dimmed">
            nothing known yet
          </Text>
        )}
      </div>
      <Restart news={news} again={again} restarts={restarts} />
    </li>
  );
}

type RestartProps = Pick<NewsOfWindow, 'news' | 'again'> & Pick<ForecastWindowProps, 'restarts'>;

function Restart({ news, again, restarts }: RestartProps): ReactNode {
  if (news.length + again.length === 0) return <div />;
  const wants = ({ updateId }: { readonly updateId: string }): boolean | undefined => restarts.get(updateId);
  const words = restartWords(news.map(wants), again.map(wants));
  return (
    <div>
      <State colour={words === 'no restart' ? 'compliant' : 'pending-restart'}>{words}</State>
    </div>
  );
}

function Updates({ list, server }: { readonly list: NewsOfWindow['news']; readonly server: string }): ReactNode {
  return (
    <ul className={classes.updates}>
      {list.map(({ updateId, title, needed }) => (
        <li key={updateId}>
          <Link to="/servers/$server" params={{ server }} search={{ update: updateId }}>
            {title}
          </Link>
          {!needed && <span className={classes.aside}> if it applies</span>}
        </li>
      ))}
    </ul>
  );
}

function clockOf(instant: string, zone: string): string {
  return dateTime(instant, zone).slice(-5);
}
