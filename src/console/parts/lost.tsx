import { Stack, Text, Title } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';

/** An address that is none of the console's. */
export function Lost(): ReactNode {
  return (
    <Stack gap="xs">
      <Title order={1}>There is no such page</Title>
      <Text size="sm">
        <Link to="/">Now</Link> tells how things stand; <Link to="/servers">Servers</Link> lists the fleet.
      </Text>
    </Stack>
  );
}
