import type { ReactNode } from 'react';
import { type Filters, withFilter } from './filters.ts';
import classes from './server-table.module.css';

interface TableHeadProps {
  readonly filters: Filters;
  readonly onSort: (filters: Filters) => void;
}

/** Names and widths of the columns; the list comes sorted by one of two. */
export function TableHead({ filters, onSort }: TableHeadProps): ReactNode {
  const byContact = filters.sort === 'last-contact';
  return (
    <thead>
      <tr aria-rowindex={1}>
        <SortHeader
          text="Name"
          width="14.5%"
          chosen={!byContact}
          onChoose={() => onSort(withFilter(filters, 'sort', null))}
        />
        <Header text="Customer" width="8.5%" />
        <Header text="System" width="8.2%" />
        <Header text="Plan" width="15.5%" />
        <Header text="Zone" width="9.5%" />
        <SortHeader
          text="Last contact"
          width="9.3%"
          chosen={byContact}
          onChoose={() => onSort(withFilter(filters, 'sort', 'last-contact'))}
        />
        <Header text="Last status" width="7.6%" />
        <Header text="Compliance" width="11.7%" />
        <Header text="Needed" width="5.2%" number />
        <Header text="Failed" width="4.6%" number />
        <Header text="Restart" width="5.4%" number />
      </tr>
    </thead>
  );
}

interface HeaderProps {
  readonly text: string;
  readonly width: string;
  readonly number?: boolean;
}

function Header({ text, width, number = false }: HeaderProps): ReactNode {
  return (
    <th scope="col" className={number ? classes.number : undefined} style={{ width }}>
      {text}
    </th>
  );
}

interface SortHeaderProps {
  readonly text: string;
  readonly width: string;
  readonly chosen: boolean;
  readonly onChoose: () => void;
}

function SortHeader({ text, width, chosen, onChoose }: SortHeaderProps): ReactNode {
  return (
    <th scope="col" aria-sort={chosen ? 'ascending' : 'none'} style={{ width }}>
      <button type="button" className={classes.sort} onClick={onChoose} title={`Sort by ${text.toLowerCase()}`}>
        {text} <span aria-hidden>{chosen ? '▲' : '△'}</span>
      </button>
    </th>
  );
}
