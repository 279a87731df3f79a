import { Group, Stack, Text } from '@mantine/core';
import type { ReactNode } from 'react';
import type { Now } from '../api/endpoints.ts';
import { Empty } from '../parts/empty.tsx';
import { dateTime, distance, viewersZone } from '../parts/time.ts';

type Catalogue = Now['catalogue'];

/** What there is to approve, and how fresh it is. */
export function CatalogueFacts({ catalogue, at }: { readonly catalogue: Catalogue; readonly at: string }): ReactNode {
  const { revisions, approved, review, lastImport } = catalogue;
  if (revisions === 0) {
    return (
      <Empty
        text="The catalogue is empty, so nothing can be offered. Import update documents, or made-up ones for a trial:"
        commands={['bin/second-tuesday import FOLDER', 'bin/second-tuesday import --sample 2023-10..2023-11']}
      />
    );
  }
  return (
    <Stack gap="xs">
      <Group gap="xl">
        <Fact count={revisions} of="revisions" />
        <Fact count={approved} of="approved" />
        <Fact count={review} of="to review" />
      </Group>
      <Text size="sm" c="dimmed">
        {lastImport
          ? `Last import ${distance(lastImport, Date.parse(at))}: ${dateTime(lastImport, viewersZone())}.`
          : 'Nothing was imported yet.'}
      </Text>
    </Stack>
  );
}

function Fact({ count, of }: { readonly count: number; readonly of: string }): ReactNode {
  return (
    <Text>
      <Text component="span" fw={600} className="number">
        {count.toLocaleString('en')}
      </Text>{' '}
      <Text component="span" size="sm" c="dimmed">
        {of}
      </Text>
    </Text>
  );
}
