import { Button, Center, Group, Image, PasswordInput, Stack, Text, Title } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { type FormEvent, type ReactNode, useState } from 'react';
import { postSession } from '../api/endpoints.ts';
import { sessionQuery } from '../api/queries.ts';
import { Command } from '../parts/command.tsx';

/** Asks for the administrator's token, once; afterwards the browser holds a session in a cookie that no script can read. */
export function SignIn(): ReactNode {
  const queries = useQueryClient();
  const [token, setToken] = useState('');
  const signIn = useMutation({
    mutationKey: sessionQuery.queryKey,
    mutationFn: () => postSession(token.trim()),
    onSuccess: () => queries.invalidateQueries({ queryKey: sessionQuery.queryKey }),
  });
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    signIn.mutate();
  };
  return (
    <Center mih="90vh" p="md">
      <Stack component="main" className="card" w={440} p="xl" gap="md">
        <Group gap="sm">
          <Image src="/icon.svg" w={32} h={32} alt="" />
          <Title order={1}>Second Tuesday</Title>
        </Group>
        <form onSubmit={submit}>
          <Stack gap="sm">
            <PasswordInput
              label="API token"
              description="The session lasts twelve hours."
              autoComplete="current-password"
              autoFocus
              value={token}
              onChange={(event) => setToken(event.currentTarget.value)}
              error={signIn.error?.message}
            />
            <Button type="submit" loading={signIn.isPending} disabled={token.trim() === ''}>
              Sign in
            </Button>
          </Stack>
        </form>
        <Stack gap={4}>
          <Text size="sm" c="dimmed">
            The first start wrote the administrator's token into the data directory, readable there by its owner only:
          </Text>
          <Command text="cat data/admin-token" />
        </Stack>
      </Stack>
    </Center>
  );
}
