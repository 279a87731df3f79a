import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import type { Server } from '../api/endpoints.ts';
import { ComplianceState } from '../parts/compliance.tsx';
import { When } from '../parts/when.tsx';
import classes from './server-table.module.css';

interface ServerRowProps {
  readonly server: Server;
  /** The plan in words, where it is known. */
  readonly plan: string | undefined;
  readonly index: number;
}

/** One server of the list. */
export function ServerRow({ server, plan = server.plan, index }: ServerRowProps): ReactNode {
  const { serverId, dnsName, customer, os, zone, lastSeen, lastStatus, compliance, tally, mode } = server;
  return (
    <tr aria-rowindex={index + 2}>
      <td title={dnsName}>
        <Link to="/servers/$server" params={{ server: serverId }}>
          {dnsName || '(no name)'}
        </Link>
      </td>
      <td title={customer}>{customer ?? <em>unassigned</em>}</td>
      <td title={os}>{os.replace('Windows ', '')}</td>
      <td title={plan}>{mode === 'observe' ? <em>observed only</em> : (plan ?? <em>none</em>)}</td>
      <td title={zone}>{zone}</td>
      <td>
        <When at={lastSeen} />
      </td>
      <td>
        <When at={lastStatus} />
      </td>
      <td>
        <ComplianceState compliance={compliance} />
      </td>
      <Count of={tally.needed + tally.downloaded} />
      <Count of={tally.failed} />
      <Count of={tally.pendingRestart} />
    </tr>
  );
}

function Count({ of }: { readonly of: number }): ReactNode {
  return <td className={of === 0 ? `${classes.number} ${classes.zero}` : classes.number}>{of}</td>;
}
