import type { ReactNode } from 'react';
import type { Clock } from '../api/endpoints.ts';
import { dateTime } from '../parts/time.ts';
import classes from './clock-banner.module.css';

/** Says on every screen that the clock is simulated: what is shown then is no evidence. */
export function ClockBanner({ clock }: { readonly clock: Clock | undefined }): ReactNode {
  if (clock?.clock !== 'simulated') return null;
  return (
    <div className={classes.banner} role="status">
      <strong>Simulated clock</strong>: it stands at {dateTime(clock.at, 'UTC')} UTC. What is recorded here is no
      evidence.
    </div>
  );
}
