import { Loader } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useVirtualizer } from '@tanstack/react-virtual';
import { type ReactNode, useEffect, useRef } from 'react';
import type { Server } from '../api/endpoints.ts';
import { plansQuery } from '../api/queries.ts';
import { planInShort } from '../parts/plan-words.ts';
import type { Filters } from './filters.ts';
import { ServerRow } from './server-row.tsx';
import classes from './server-table.module.css';
import { TableHead } from './table-head.tsx';

interface ServerTableProps {
  readonly rows: readonly Server[];
  readonly filters: Filters;
  readonly loading: boolean;
  /** The rows are those of the former filters, until the new ones come. */
  readonly stale: boolean;
  readonly onSort: (filters: Filters) => void;
  /** Called when the end comes into sight; absent when there is no more. */
  readonly onEnd?: () => void;
}

const ROW_HEIGHT = 34;
const OVERSCAN = 12;

/** A table of any length: only the rows in sight are in the document, between two rows as high as all others. */
export function ServerTable({ rows, filters, loading, stale, onSort, onEnd }: ServerTableProps): ReactNode {
  const scroller = useRef<HTMLDivElement>(null);
  const plans = useQuery(plansQuery).data?.items;
  const words = new Map(plans?.map((plan) => [plan.name, planInShort(plan)]));
  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => ROW_HEIGHT,
    overscan: OVERSCAN,
  });
  const shown = virtual.getVirtualItems();
  const last = shown.at(-1);
  const nearEnd = last !== undefined && last.index >= rows.length - 2 * OVERSCAN;
  useEffect(() => {
    if (nearEnd && !loading) onEnd?.();
  }, [nearEnd, loading, onEnd]);
  return (
    <div ref={scroller} className={classes.scroller} aria-busy={loading} data-stale={stale || undefined}>
      <table className={classes.table} aria-label="Servers" aria-rowcount={onEnd ? -1 : rows.length + 1}>
        <TableHead filters={filters} onSort={onSort} />
        <tbody>
          <Gap height={shown[0]?.start ?? 0} />
          {shown.map(({ index }) => {
            const server = rows[index];
            if (!server) return null;
            return (
              <ServerRow key={server.serverId} server={server} plan={words.get(server.plan ?? '')} index={index} />
            );
          })}
          <Gap height={virtual.getTotalSize() - (last?.end ?? 0)} />
        </tbody>
      </table>
      {loading && (
        <div className={classes.loading}>
          <Loader size="sm" aria-label="Loading servers" />
        </div>
      )}
    </div>
  );
}

function Gap({ height }: { readonly height: number }): ReactNode {
  return height > 0 && <tr aria-hidden style={{ height }} />;
}
