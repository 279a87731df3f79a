import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import type { Compliance, Now } from '../api/endpoints.ts';
import { COMPLIANCE_WORDS, COMPLIANCES } from '../parts/compliance.tsx';
import { Empty } from '../parts/empty.tsx';
import classes from './fleet-compliance.module.css';
import { percentText, segments } from './segments.ts';

type Fleet = Now['fleet'];

const COUNT: Readonly<Record<Compliance, (fleet: Fleet) => number>> = {
  compliant: (fleet) => fleet.compliant,
  'pending-restart': (fleet) => fleet.pendingRestart,
  'not-compliant': (fleet) => fleet.notCompliant,
  failed: (fleet) => fleet.failed,
  unknown: (fleet) => fleet.unknown,
};

/** The whole fleet in one bar. Every server is in it: one that never reported counts as unknown, not as nothing. */
export function FleetCompliance({ fleet }: { readonly fleet: Fleet }): ReactNode {
  if (fleet.total === 0) {
    return (
      <Empty
        text="No server has come yet. Add a customer, then write the address with its token into WUServer on a server:"
        commands={[
          'bin/second-tuesday customers add Contoso --zone Europe/London --plan default',
          'bin/second-tuesday status',
        ]}
      />
    );
  }
  const parts = COMPLIANCES.map((compliance) => ({ compliance, count: COUNT[compliance](fleet) }));
  return (
    <>
      <svg
        className={classes.bar}
        height={26}
        role="img"
        aria-label={parts.map(({ compliance, count }) => `${COMPLIANCE_WORDS[compliance].words}: ${count}`).join(', ')}
      >
        {segments(parts).map(({ compliance, from, width }) => (
          <rect key={compliance} x={`${from}%`} width={`${width}%`} height={26} fill={`var(--st-${compliance})`} />
        ))}
      </svg>
      <ul className={classes.legend}>
        {parts.map(({ compliance, count }) => (
          <li key={compliance}>
            <Link to="/servers" search={{ compliance }} className={classes.part}>
              <span className={classes.name}>
                <svg width={10} height={10} aria-hidden>
                  <rect width={10} height={10} rx={2} fill={`var(--st-${compliance})`} />
                </svg>
                {COMPLIANCE_WORDS[compliance].words}
              </span>
              <span className={classes.count}>{count.toLocaleString('en')}</span>
              <span className={classes.share}>{percentText(count, fleet.total)}</span>
            </Link>
          </li>
        ))}
      </ul>
    </>
  );
}
