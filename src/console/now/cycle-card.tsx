import { Group, Text, Title } from '@mantine/core';
import type { ReactNode } from 'react';
import type { Now } from '../api/endpoints.ts';
import { dateTime, distance, viewersZone } from '../parts/time.ts';
import { CycleTimeline } from './cycle-timeline.tsx';
import { standing } from './cycle-words.ts';

/** Where we are between two Patch Tuesdays. */
export function CycleCard({ now: { at, cycle } }: { readonly now: Now }): ReactNode {
  const zone = viewersZone();
  const now = Date.parse(at);
  return (
    <section className="card">
      <Group justify="space-between" align="baseline" mb="sm">
        <Group gap="sm" align="baseline">
          <Title order={1}>Cycle {cycle.name}</Title>
          <Text>{standing(cycle.weeks, now)}</Text>
          <Text size="sm" c="dimmed">
            Patch Tuesday was {dateTime(cycle.patchTuesday, zone)}
          </Text>
        </Group>
        <Text size="sm" c="dimmed">
          The next one {distance(cycle.nextPatchTuesday, now)}: {dateTime(cycle.nextPatchTuesday, zone)} ({zone})
        </Text>
      </Group>
      <CycleTimeline cycle={cycle} at={at} />
    </section>
  );
}
