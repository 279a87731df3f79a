import { Anchor, Group, Skeleton, Stack, Text, Title } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import type { Why } from '../api/endpoints.ts';
import { whyQuery } from '../api/queries.ts';
import { Failure } from '../parts/failure.tsx';
import { State } from '../parts/state.tsx';
import { dateTime } from '../parts/time.ts';
import { When } from '../parts/when.tsx';
import { UPDATE_STATES } from './update-states.ts';
import { WhyAnswers } from './why-answers.tsx';
import classes from './why-panel.module.css';

/** Why the server is, or is not, offered an update: every question, and when the answer changes. */
export function WhyPanel({ server, update }: { readonly server: string; readonly update: string }): ReactNode {
  const why = useQuery(whyQuery(server, update));
  if (why.error) return <Failure error={why.error} />;
  if (!why.data) return <Skeleton h={420} />;
  return <Explained why={why.data} />;
}

function Explained({ why }: { readonly why: Why }): ReactNode {
  const { update, offered, headline, answers, server, links } = why;
  return (
    <section className="card" aria-label="Why">
      <Stack gap="sm">
        <Stack gap={4}>
          <Title order={2}>{update.title}</Title>
          <Group gap="xs">
            <State colour={offered ? 'information' : 'unknown'}>{offered ? 'Offered' : 'Held'}</State>
            <State colour={UPDATE_STATES[why.reported.state].colour}>{UPDATE_STATES[why.reported.state].words}</State>
            {links.knowledgeBase && <Outside to={links.knowledgeBase} text={`KB${update.kb ?? ''}`} />}
            {links.securityUpdateGuide && <Outside to={links.securityUpdateGuide} text="Security update guide" />}
          </Group>
          <Text fw={600}>{headline}</Text>
          {why.outside && <Text size="sm">Outside of its windows, as they are now. {why.outside.text}</Text>}
          {why.reported.meaning && (
            <Text size="sm" className="failure">
              {why.reported.result}: {why.reported.meaning}
            </Text>
          )}
        </Stack>
        <Changes why={why} />
        <WhyAnswers answers={answers} zone={server.zone} />
      </Stack>
    </section>
  );
}

/** The instants that matter, in the server's own zone. */
function Changes({
  why: { window, deadline, nextChange, knownBy, told, reported, server },
}: {
  readonly why: Why;
}): ReactNode {
  const rows: readonly (readonly [string, string | undefined])[] = [
    ['Window', window?.start],
    ['Deadline', deadline],
    ['The answer changes', nextChange],
    ['Its agent knows by', knownBy],
    ['Told last', told?.at],
    ['Taken back', told?.withdrawnAt],
    ['Reported since', reported.since],
  ];
  return (
    <dl className={classes.changes}>
      {rows.map(
        ([name, at]) =>
          at && (
            <div key={name}>
              <dt>{name}</dt>
              <dd>
                {dateTime(at, server.zone)} (<When at={at} zone={server.zone} />)
              </dd>
            </div>
          ),
      )}
    </dl>
  );
}

function Outside({ to, text }: { readonly to: string; readonly text: string }): ReactNode {
  return (
    <Anchor href={to} target="_blank" rel="noreferrer" size="sm">
      {text}
    </Anchor>
  );
}
