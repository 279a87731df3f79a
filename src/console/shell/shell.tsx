import { Box, Button, Group, Image, Text } from '@mantine/core';
import { useMutation, useQuery } from '@tanstack/react-query';
import { Link, Outlet } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { deleteSession } from '../api/endpoints.ts';
import { clockQuery, sessionQuery } from '../api/queries.ts';
import { ClockBanner } from './clock-banner.tsx';
import classes from './shell.module.css';
import { ThemeSwitch } from './theme-switch.tsx';

/** What every screen has round it. */
export function Shell(): ReactNode {
  const clock = useQuery(clockQuery);
  return (
    <>
      <a className={classes.skip} href="#content">
        Skip to the content
      </a>
      <header className={classes.header}>
        <Group gap="xs" wrap="nowrap">
          <Image src="/icon.svg" w={24} h={24} alt="" />
          <Text fw={600}>Second Tuesday</Text>
        </Group>
        <nav aria-label="Screens" className={classes.nav}>
          <Link to="/" className={classes.link} activeOptions={{ exact: true }}>
            Now
          </Link>
          <Link to="/servers" className={classes.link}>
            Servers
          </Link>
        </nav>
        <Group gap="xs" wrap="nowrap">
          <ThemeSwitch />
          <Account />
        </Group>
      </header>
      <ClockBanner clock={clock.data} />
      <Box component="main" id="content" tabIndex={-1} className={classes.content}>
        <Outlet />
      </Box>
    </>
  );
}

function Account(): ReactNode {
  const { data } = useQuery(sessionQuery);
  const signOut = useMutation({
    mutationFn: deleteSession,
    // A fresh page: nothing of what was shown stays in memory.
    onSuccess: () => location.assign('/'),
  });
  return (
    <>
      <Text size="sm" c="dimmed">
        {data?.name}
      </Text>
      <Button size="compact-sm" variant="default" onClick={() => signOut.mutate()} loading={signOut.isPending}>
        Sign out
      </Button>
    </>
  );
}
