import { Button, Group, Select, TextInput } from '@mantine/core';
import { useDebouncedCallback } from '@mantine/hooks';
import { useQuery } from '@tanstack/react-query';
import { type ReactNode, useEffect, useState } from 'react';
import { customersQuery, plansQuery } from '../api/queries.ts';
import { COMPLIANCE_WORDS, COMPLIANCES } from '../parts/compliance.tsx';
import { type Filters, isNarrowed, withFilter } from './filters.ts';

interface FilterBarProps {
  readonly filters: Filters;
  /** Operating systems that are in the list now. */
  readonly systems: readonly string[];
  readonly onChange: (filters: Filters) => void;
}

const TYPING_MS = 250;
/** To choose before the list has shown any of them; it adds others, such as builds that nobody knows. */
const SYSTEMS = ['2025', '2022', '2019', '2016', '2012 R2'].map((name) => `Windows Server ${name}`);

/** Everything that the list can be narrowed by. */
export function FilterBar({ filters, systems, onChange }: FilterBarProps): ReactNode {
  const customers = useQuery(customersQuery).data?.items ?? [];
  const plans = useQuery(plansQuery).data?.items ?? [];
  const narrow = <Name extends keyof Filters>(name: Name, value: Filters[Name] | null | '') =>
    onChange(withFilter(filters, name, value));
  return (
    <Group gap="xs" role="search">
      <SearchField value={filters.search ?? ''} onChange={(text) => narrow('search', text)} />
      <Select
        aria-label="Customer"
        placeholder="Any customer"
        data={customers.map(({ name }) => name)}
        value={filters.customer ?? null}
        onChange={(name) => narrow('customer', name)}
        searchable
        clearable
        w={190}
      />
      <Select
        aria-label="Compliance"
        placeholder="Any compliance"
        data={COMPLIANCES.map((value) => ({ value, label: COMPLIANCE_WORDS[value].words }))}
        value={filters.compliance ?? null}
        onChange={(value) => narrow('compliance', value)}
        clearable
        w={170}
      />
      <Select
        aria-label="Plan"
        placeholder="Any plan"
        data={[...new Set(plans.map(({ name }) => name))]}
        value={filters.plan ?? null}
        onChange={(name) => narrow('plan', name)}
        searchable
        clearable
        w={190}
      />
      <Select
        aria-label="Operating system"
        placeholder="Any operating system"
        data={[...new Set([...SYSTEMS, ...systems, ...(filters.os ? [filters.os] : [])])]}
        value={filters.os ?? null}
        onChange={(os) => narrow('os', os)}
        searchable
        clearable
        w={210}
      />
      {isNarrowed(filters) && (
        <Button variant="subtle" onClick={() => onChange(filters.sort ? { sort: filters.sort } : {})}>
          Clear
        </Button>
      )}
    </Group>
  );
}

interface SearchFieldProps {
  readonly value: string;
  readonly onChange: (value: string) => void;
}

/** Follows the address, and tells of what is typed when the typing pauses. */
function SearchField({ value, onChange }: SearchFieldProps): ReactNode {
  const [text, setText] = useState(value);
  const tell = useDebouncedCallback(onChange, TYPING_MS);
  useEffect(() => setText(value), [value]);
  return (
    <TextInput
      type="search"
      aria-label="Search by name"
      placeholder="Search by name"
      value={text}
      onChange={({ currentTarget }) => {
        setText(currentTarget.value);
        tell(currentTarget.value);
      }}
      w={230}
    />
  );
}
