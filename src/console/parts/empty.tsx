import { Stack, Text } from '@mantine/core';
import type { ReactNode } from 'react';
import { Command } from './command.tsx';

/** There is nothing to show: why that is, and the command that changes it. */
export function Empty({
  text,
  commands = [],
}: {
  readonly text: string;
  readonly commands?: readonly string[];
}): ReactNode {
  return (
    <Stack gap={6} py="xs">
      <Text size="sm" c="dimmed">
        {text}
      </Text>
      {commands.map((command) => (
        <Command key={command} text={command} />
      ))}
    </Stack>
  );
}
