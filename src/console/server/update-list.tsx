import { Text } from '@mantine/core';
import type { ReactNode } from 'react';
import type { ServerUpdate } from '../api/endpoints.ts';
import { State } from '../parts/state.tsx';
import classes from './update-list.module.css';
import { UPDATE_STATES } from './update-states.ts';

interface UpdateListProps {
  readonly updates: readonly ServerUpdate[];
  readonly chosen: string | undefined;
  readonly onChoose: (updateId: string) => void;
}

/** Each update with what the agent said of it and what is decided, in one line each. */
export function UpdateList({ updates, chosen, onChoose }: UpdateListProps): ReactNode {
  return (
    <ul className={classes.list}>
      {updates.map((update) => (
        <li key={update.updateId}>
          <button
            type="button"
            className={classes.update}
            aria-pressed={update.updateId === chosen}
            onClick={() => onChoose(update.updateId)}
          >
            <span className={classes.title}>
              <State colour={UPDATE_STATES[update.state].colour}>{UPDATE_STATES[update.state].words}</State>
              <span>{update.title}</span>
            </span>
            <Text component="span" size="sm" c="dimmed">
              {update.headline}
            </Text>
            {update.meaning && (
              <Text component="span" size="sm" className="failure">
                {update.result}: {update.meaning}
              </Text>
            )}
            {update.restart && (
              <Text component="span" size="xs" c="dimmed">
                wants a restart
              </Text>
            )}
          </button>
        </li>
      ))}
    </ul>
  );
}
