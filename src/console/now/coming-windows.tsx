import { ScrollArea, Table, Text } from '@mantine/core';
import type { ReactNode } from 'react';
import type { Now } from '../api/endpoints.ts';
import { Empty } from '../parts/empty.tsx';
import { State } from '../parts/state.tsx';
import { distance } from '../parts/time.ts';

type Windows = Now['windows'];

/** Maintenance windows by plan and zone, in the order in which they open. */
export function ComingWindows({ windows, at }: { readonly windows: Windows; readonly at: string }): ReactNode {
  if (windows.length === 0) {
    return (
      <Empty
        text="No window opens in the next two days. A plan's exact times:"
        commands={['bin/second-tuesday plan show default']}
      />
    );
  }
  const now = Date.parse(at);
  return (
    <ScrollArea.Autosize mah={360} type="auto">
      <Table fz="sm" verticalSpacing={4} stickyHeader>
        <Table.Thead>
          <Table.Tr>
            <Table.Th>Opens</Table.Th>
            <Table.Th>Plan</Table.Th>
            <Table.Th>Local time</Table.Th>
            <Table.Th ta="right">Servers</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {windows.map(({ plan, zone, start, end, local, primary, servers }) => (
            <Table.Tr key={`${plan} ${zone} ${start}`}>
              <Table.Td style={{ whiteSpace: 'nowrap' }}>
                {Date.parse(start) <= now ? <State colour="compliant">open</State> : distance(start, now)}
              </Table.Td>
              <Table.Td>
                {plan}
                {!primary && (
                  <Text size="xs" c="dimmed">
                    follow-up
                  </Text>
                )}
              </Table.Td>
              <Table.Td>
                {local}
                <Text size="xs" c="dimmed">
                  {zone}, {lengthOf(start, end)}
                </Text>
              </Table.Td>
              <Table.Td ta="right" className="number">
                {servers.toLocaleString('en')}
              </Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </ScrollArea.Autosize>
  );
}

function lengthOf(start: string, end: string): string {
  return `${(Date.parse(end) - Date.parse(start)) / 3_600_000} h`;
}
