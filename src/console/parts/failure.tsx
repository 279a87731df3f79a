import { Alert, Button, Stack, Text } from '@mantine/core';
import type { ReactNode } from 'react';
import { ApiError } from '../api/http.ts';

/** Says what was refused or could not be had, with its code, and offers another try. */
export function Failure({ error, onRetry }: { readonly error: Error; readonly onRetry?: () => void }): ReactNode {
  const code = error instanceof ApiError ? error.code : undefined;
  return (
    <Alert color="red" title="This could not be shown" maw={640} role="alert">
      <Stack gap="xs" align="flex-start">
        <Text size="sm">{error.message}</Text>
        {code && (
          <Text size="xs" c="dimmed" ff="monospace">
            {code}
          </Text>
        )}
        {onRetry && (
          <Button size="xs" variant="default" onClick={onRetry}>
            Try again
          </Button>
        )}
      </Stack>
    </Alert>
  );
}
