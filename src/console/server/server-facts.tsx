import { Group, Stack, Title } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import type { Server } from '../api/endpoints.ts';
import { plansQuery } from '../api/queries.ts';
import { ComplianceState } from '../parts/compliance.tsx';
import { planWords } from '../parts/plan-words.ts';
import { State } from '../parts/state.tsx';
import { When } from '../parts/when.tsx';
import classes from './server-facts.module.css';
import { ServerNotes } from './server-notes.tsx';

/** What the server is, whose, and when it was heard of. */
export function ServerFacts({ server }: { readonly server: Server }): ReactNode {
  const { serverId, clientId, dnsName, customer, os, osBuild, zone, mode, compliance, tally } = server;
  const plan = useQuery(plansQuery).data?.items.find(({ name }) => name === server.plan);
  return (
    <section className="card">
      <Stack gap="sm">
        <Group gap="sm">
          <Title order={1}>{dnsName || '(no name)'}</Title>
          <ComplianceState compliance={compliance} />
          {mode === 'observe' && <State colour="information">Observed only</State>}
        </Group>
        <ServerNotes server={server} />
        <dl className={classes.facts}>
          <Fact name="Customer">
            {customer ? (
              <Link to="/servers" search={{ customer }}>
                {customer}
              </Link>
            ) : (
              'none'
            )}
          </Fact>
          <Fact name="Operating system">{osBuild ? `${os} (build ${osBuild})` : os}</Fact>
          <Fact name="Plan">{plan ? `${plan.name}: ${planWords(plan)}` : (server.plan ?? 'none')}</Fact>
          <Fact name="Time zone">{zone}</Fact>
          {server.region && <Fact name="Region">{server.region}</Fact>}
          {server.group && <Fact name="Target group">{server.group}</Fact>}
          {server.settings && <Fact name="Windows Update settings">{SETTINGS[server.settings]}</Fact>}
          <Fact name="Last contact">
            <When at={server.lastSeen} zone={zone} />
          </Fact>
          <Fact name="Last status report">
            <When at={server.lastStatus} zone={zone} />
          </Fact>
          <Fact name="First seen">
            <When at={server.firstSeen} zone={zone} />
          </Fact>
          <Fact name="Its agent says">
            {tally.needed + tally.downloaded} needed, {tally.failed} failed, {tally.pendingRestart} waiting for a
            restart, {tally.installed} installed
          </Fact>
          <Fact name="Server id">
            <span className={classes.id}>{serverId}</span>
          </Fact>
          <Fact name="Client id">
            <span className={classes.id}>{clientId}</span>
          </Fact>
        </dl>
      </Stack>
    </section>
  );
}

const SETTINGS = {
  current: 'as the plan asks for',
  outdated: 'not those of its plan: enrol it anew, or install the settings task',
  unknown: 'never reported',
} as const;

function Fact({ name, children }: { readonly name: string; readonly children: ReactNode }): ReactNode {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}
