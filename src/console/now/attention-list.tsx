import { Group, Stack, Text } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import type { Attention } from '../api/endpoints.ts';
import { Command } from '../parts/command.tsx';
import { Empty } from '../parts/empty.tsx';
import { State } from '../parts/state.tsx';
import { ATTENTION_KINDS } from './attention-kinds.ts';
import classes from './attention-list.module.css';

interface AttentionListProps {
  readonly attention: readonly Attention[];
  readonly warnings: readonly string[];
}

/** Of each kind; the whole of it is a list or a command away. */
const MOST_EXAMPLES = 3;

/** What does not go on by itself, each with the way to go on. */
export function AttentionList({ attention, warnings }: AttentionListProps): ReactNode {
  return (
    <Stack gap={0}>
      {attention.length === 0 && <Empty text="Nothing waits for you: what is approved goes out in its windows." />}
      {attention.map((item) => (
        <Item key={item.kind} item={item} />
      ))}
      {warnings.map((warning) => (
        <Group key={warning} gap="xs" wrap="nowrap" className={classes.item} align="baseline">
          <State colour="unknown">note</State>
          <Text size="sm">{warning}</Text>
        </Group>
      ))}
    </Stack>
  );
}

function Item({ item: { kind, count, text, examples } }: { readonly item: Attention }): ReactNode {
  const { title, colour, list, command } = ATTENTION_KINDS[kind];
  return (
    <article className={classes.item}>
      <Group gap="xs" wrap="nowrap" align="baseline">
        <State colour={colour}>{count.toLocaleString('en')}</State>
        <div>
          <Text component="span" fw={600}>
            {title}
          </Text>{' '}
          <Text component="span" size="sm" c="dimmed">
            {text}
          </Text>
        </div>
        {list && (
          <Link to="/servers" search={list} className={classes.all}>
            List all
          </Link>
        )}
      </Group>
      <ul className={classes.examples}>
        {examples.slice(0, MOST_EXAMPLES).map((example) => (
          <li key={`${example.server} ${example.update} ${example.title}`} className={classes.example}>
            <Example example={example} />
          </li>
        ))}
      </ul>
      {command && (
        <div className={classes.command}>
          <Command text={command} />
        </div>
      )}
    </article>
  );
}

function Example({ example }: { readonly example: Attention['examples'][number] }): ReactNode {
  const { title, detail, server, update } = example;
  return (
    <>
      <span>
        {server ? (
          <Link to="/servers/$server" params={{ server }} search={update ? { update } : {}}>
            {title}
          </Link>
        ) : (
          title
        )}
      </span>
      {detail && <span className={classes.detail}>{detail}</span>}
    </>
  );
}
