import { Alert, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import type { Server } from '../api/endpoints.ts';
import { pausesQuery } from '../api/queries.ts';
import { Command } from '../parts/command.tsx';
import { dateTime } from '../parts/time.ts';
import { pausesOf } from './pauses-of.ts';

/** Says when nothing is offered to the server at all, and how that is changed. */
export function ServerNotes({ server }: { readonly server: Server }): ReactNode {
  const pauses = useQuery(pausesQuery).data?.items ?? [];
  const note = modeNote(server);
  return (
    <>
      {note && (
        <Alert color={server.mode === 'observe' ? 'blue' : 'orange'} py="xs">
          <Text size="sm">{note.text}</Text>
          <Command text={note.command} />
        </Alert>
      )}
      {pausesOf(pauses, server).map(({ pauseId, ends, who, why, scope }) => (
        <Alert key={pauseId} color="blue" py="xs">
          <Text size="sm">
            Paused{scope === 'server' ? '' : ' with others'} until {dateTime(ends, server.zone)} by {who}: {why}
          </Text>
        </Alert>
      ))}
    </>
  );
}

function modeNote({ mode, plan, dnsName, serverId }: Server): { text: string; command: string } | undefined {
  const change = `bin/second-tuesday servers change ${dnsName || serverId}`;
  if (mode === 'unassigned')
    return { text: 'It belongs to no customer: it is evaluated, never patched.', command: `${change} --customer NAME` };
  if (mode === 'observe') {
    const text = 'It is only observed: everything is decided, nothing is offered.';
    return { text, command: `${change} --mode managed` };
  }
  if (plan === undefined) {
    const text = 'It has no plan: without a maintenance window it is never patched.';
    return { text, command: `${change} --plan default` };
  }
  return undefined;
}
