import { Tooltip } from '@mantine/core';
import type { ReactNode } from 'react';
import { useServiceTime } from './service-time.ts';
import { dateTime, distance, viewersZone } from './time.ts';

/** How long ago, or in how long, by the service's clock; the exact time as a tip. Without an instant: never. */
export function When({
  at,
  zone = viewersZone(),
}: {
  readonly at: string | undefined;
  readonly zone?: string;
}): ReactNode {
  const now = useServiceTime();
  if (at === undefined) return <span>never</span>;
  return (
    <Tooltip label={`${dateTime(at, zone)} (${zone})`}>
      <time dateTime={at}>{distance(at, now)}</time>
    </Tooltip>
  );
}
