import { Alert, Grid, Group, Skeleton, Stack, Text, Title } from '@mantine/core';
import { useDocumentTitle } from '@mantine/hooks';
import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import type { Now } from '../api/endpoints.ts';
import { nowQuery } from '../api/queries.ts';
import { Failure } from '../parts/failure.tsx';
import { AttentionList } from './attention-list.tsx';
import { CatalogueFacts } from './catalogue-facts.tsx';
import { ComingWindows } from './coming-windows.tsx';
import { CycleCard } from './cycle-card.tsx';
import { FleetCompliance } from './fleet-compliance.tsx';

/** Answers "do I have to act now?": where the cycle stands, what wants a person, how the fleet stands, what happens next. */
export function NowScreen(): ReactNode {
  useDocumentTitle('Now · Second Tuesday');
  const now = useQuery(nowQuery);
  if (now.data) return <Loaded now={now.data} {...(now.error ? { error: now.error } : {})} />;
  if (now.error) return <Failure error={now.error} onRetry={() => void now.refetch()} />;
  return (
    <Stack gap="md" aria-busy>
      <Skeleton h={150} />
      <Skeleton h={320} />
    </Stack>
  );
}

function Loaded({ now, error }: { readonly now: Now; readonly error?: Error }): ReactNode {
  return (
    <Stack gap="md">
      {error && <Alert color="red" title={`Not up to date: ${error.message}`} />}
      <CycleCard now={now} />
      <Grid gap="md">
        <Grid.Col span={{ base: 12, md: 7 }}>
          <Section title="Wants a person">
            <AttentionList attention={now.attention} warnings={now.warnings} />
          </Section>
        </Grid.Col>
        <Grid.Col span={{ base: 12, md: 5 }}>
          <Stack gap="md">
            <Section title="Fleet" aside={`${now.fleet.total.toLocaleString('en')} servers`}>
              <FleetCompliance fleet={now.fleet} />
            </Section>
            <Section title="Windows open now and in the next 48 hours" aside={String(now.windows.length)}>
              <ComingWindows windows={now.windows} at={now.at} />
            </Section>
            <Section title="Catalogue">
              <CatalogueFacts catalogue={now.catalogue} at={now.at} />
            </Section>
          </Stack>
        </Grid.Col>
      </Grid>
      <Text size="xs" c="dimmed">
        Second Tuesday {now.version}
      </Text>
    </Stack>
  );
}

interface SectionProps {
  readonly title: string;
  readonly aside?: string;
  readonly children: ReactNode;
}

function Section({ title, aside, children }: SectionProps): ReactNode {
  return (
    <section className="card">
      <Group justify="space-between" mb="xs" align="baseline">
        <Title order={2}>{title}</Title>
        {aside && (
          <Text size="sm" c="dimmed" className="number">
            {aside}
          </Text>
        )}
      </Group>
      {children}
    </section>
  );
}
