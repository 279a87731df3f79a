import { Center, Loader } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { sessionQuery } from '../api/queries.ts';
import { Failure } from '../parts/failure.tsx';
import { ClockBanner } from '../shell/clock-banner.tsx';
import { SignIn } from './sign-in.tsx';

/** Shows the screens to those who are signed in, at whatever address they came to, and the sign-in to all others. */
export function SessionGate({ children }: { readonly children: ReactNode }): ReactNode {
  const session = useQuery(sessionQuery);
  if (session.data?.name !== undefined) return children;
  if (session.data) {
    return (
      <>
        <ClockBanner clock={session.data} />
        <SignIn />
      </>
    );
  }
  return (
    <Center mih="60vh" p="md">
      {session.error ? (
        <Failure error={session.error} onRetry={() => void session.refetch()} />
      ) : (
        <Loader aria-label="Loading" />
      )}
    </Center>
  );
}
