-- Inventory, waves and order, calendars, readiness.

create table machine (                       -- one server of a customer by its name, whether it has enrolled or not
  machine_id uuid primary key,
  customer_id uuid not null references customer,
  name text not null check (name = lower(name) and octet_length(name) between 1 and 255),
  server_id uuid unique references server on delete set null, -- null: not enrolled
  profile jsonb not null default '{}',       -- what is believed of it: domain/fleet/inventory.ts
  groups text[] not null default '{}',       -- its redundancy group, and those that its roles bring
  added_at timestamptz not null,
  changed_at timestamptz not null,           -- of the profile
  backup_at timestamptz,                     -- latest evidence of each kind that went well
  restore_point_at timestamptz,
  restore_test_at timestamptz,
  conflicts text[] not null default '{}',    -- fields on which sources disagree
  registered boolean not null default false, -- statements of its agent's registration hold
  unique (customer_id, name)
);
create index machine_groups on machine using gin (groups);
create index machine_name on machine (name, machine_id);
create index machine_label on machine (customer_id, split_part(name, '.', 1));
create index machine_in_conflict on machine (name, machine_id) where conflicts <> '{}';
create index machine_not_enrolled on machine (name, machine_id) where server_id is null;
create index machine_left on machine (machine_id) where server_id is null and registered;
-- Customers whose servers go in order even without waves: then all of them are members of its campaigns (ORDER_ONLY).
create index machine_ordered on machine (customer_id) where groups <> '{}' or profile ?| '{needs,restartAfter}';

create table machine_fact (                  -- every statement about a machine; one that no longer holds has an end
  fact_id uuid primary key,
  machine_id uuid not null references machine on delete cascade,
  field text not null,
  source text not null check (source in ('person', 'csv', 'directory', 'systeminfo', 'registration')),
  value jsonb not null,
  who text not null,
  at timestamptz not null,
  ended_at timestamptz,
  ended_by text
);
create unique index machine_fact_in_force on machine_fact (machine_id, field, source) where ended_at is null;
create index machine_fact_history on machine_fact (machine_id, at);

create table redundancy_group (              -- of how many servers of a group one may be down; a group without a row: one
  customer_id uuid not null references customer,
  name text not null,
  at_once integer not null check (at_once between 1 and 1000),
  changed_at timestamptz not null,
  primary key (customer_id, name)
);

create table role_recovery (                 -- how a customer's servers of a role come back; without a row: as domain/fleet/roles.ts has it
  customer_id uuid not null references customer,
  role text not null,
  who text not null,
  how text not null,
  minutes integer not null check (minutes between 1 and 10080),
  changed_at timestamptz not null,
  primary key (customer_id, role)
);

create table directory_source (              -- an Active Directory that tells of a customer's computers
  directory_id uuid primary key,
  customer_id uuid not null references customer,
  name text not null,
  definition jsonb not null,                 -- addresses, base, filter; never the password
  secret bytea,                              -- the bind password, sealed
  changed_at timestamptz not null,
  last_run jsonb,                            -- when, what came of it
  unique (customer_id, name)
);

alter table customer
  add column kind_plans jsonb not null default '{}', -- kind of patching -> name of the plan
  add column calendar_token_sha256 bytea unique;     -- of its ICS feed

alter table server
  add column kind_plans jsonb not null default '{}',
  add column own_hours jsonb,                -- the inventory's hours, kept in step with it, as plan and owner_mail are
  add column clock_skew_seconds integer,     -- of its last GetCookie: positive when it is ahead
  add column over_tls boolean;               -- whether it came over TLS then
alter table server_report
  add column pending_since timestamptz;      -- since when its reports say that a restart is pending

alter table server add column linked_as text; -- what its machine was made from; another value: look at it again
create index server_to_link on server (server_id) where linked_as is distinct from
  coalesce(customer_id::text, '') || '|' || coalesce(os_build::text, '') || '|' || coalesce(product_type::text, '') || '|'
  || coalesce(registration ->> 'computerModel', '') || '|' || lower(dns_name);

create table rollout_plan (                  -- versions; the latest approved one is in force
  customer_id uuid not null references customer,
  version integer not null,
  definition jsonb not null,                 -- domain/rollout/rollout-plan.ts
  who text not null,
  token text not null,                       -- the API token that wrote it: two persons are two tokens
  why text not null,
  at timestamptz not null,
  approved_by text,
  approved_at timestamptz,
  primary key (customer_id, version)
);

create table campaign (
  campaign_id uuid primary key,
  customer_id uuid not null references customer,
  cycle text not null,
  number integer not null,
  plan_version integer,                      -- null: only order, for servers of a customer without waves
  definition jsonb not null,                 -- the plan as it is followed
  state text not null check (state in ('gathering', 'promoting', 'stopped', 'finished', 'closed')),
  before_stop text,                          -- the state to which a resumption returns
  opened_at timestamptz not null,
  sealed_at timestamptz,
  ended_at timestamptz,
  stopped_at timestamptz,
  stopped_by text,
  stopped_why text,
  set_version integer not null default 1,    -- grows with the set
  placed_for bigint not null default -1,     -- version of facts and inventory that its members were placed by
  placed_up_to jsonb,                        -- how far a pass over them is that goes on with the next sweep
  unique (customer_id, cycle, number)
);
create index campaign_under_way on campaign (customer_id) where state in ('gathering', 'promoting', 'stopped');

create table campaign_update (
  campaign_id uuid not null references campaign on delete cascade,
  update_id uuid not null,
  revision_number integer not null,
  added_at timestamptz not null,
  primary key (campaign_id, update_id)
);

create table campaign_wave (
  campaign_id uuid not null references campaign on delete cascade,
  wave smallint not null,                    -- place in the plan, from 0; -2, -3, -4: the gates before release weeks 2, 3, 4
  state text not null check (state in ('waiting', 'open', 'passed')),
  opened_at timestamptz,
  passed_at timestamptz,
  met_since timestamptz,
  verdict jsonb,                             -- the latest
  asked_at timestamptz,                      -- when those in `tell` were asked
  escalated_at timestamptz,
  primary key (campaign_id, wave)
);

create table campaign_server (
  campaign_id uuid not null references campaign on delete cascade,
  server_id uuid not null references server on delete cascade,
  wave smallint,                             -- null: no rule places it
  release_week smallint not null,
  rank smallint not null default 0,          -- order by roles within the wave
  state text not null check (state in ('waiting', 'told', 'verified', 'failed', 'not-needed')),
  due_at timestamptz,                        -- when its next turn can be given: the lead of its next window
  window_start timestamptz,                  -- of told and failed: the window that it was told for
  window_end timestamptz,
  told_at timestamptz,
  told_until timestamptz,                    -- until when that offer can be served, a catch-up included
  looked_at timestamptz,                     -- its agent's words up to here were weighed
  verified_at timestamptz,
  failed_at timestamptz,
  lost integer not null default 0,           -- windows lost to others of its groups since it was last told
  held_code text,                            -- of waiting: why
  held_text text,
  held_subject text,
  primary key (campaign_id, server_id)
);
create index campaign_server_due on campaign_server (campaign_id, wave, due_at) where state = 'waiting';
create index campaign_server_state on campaign_server (campaign_id, wave, state);
create index campaign_server_server on campaign_server (server_id);
drop index server_update_state;              -- by update, and now within it by customer: what somebody of a customer needs
create index server_update_customer on server_update (update_id, customer_id, state);

create table gate_event (                    -- every change of a verdict, every go, test result, stop and resumption, as it came about
  gate_event_id uuid primary key,
  campaign_id uuid not null references campaign on delete cascade,
  wave smallint,
  kind text not null check (kind in ('verdict', 'go', 'test', 'stop', 'resume', 'release', 'open', 'seal', 'finish', 'close')),
  who text not null,
  token text,
  at timestamptz not null,
  details jsonb not null
);
create index gate_event_campaign on gate_event (campaign_id, at);

create table test_result (                   -- an owner's word on a set, kept with the approval
  test_result_id uuid primary key,
  campaign_id uuid not null references campaign on delete cascade,
  wave smallint not null,
  owner text not null,
  result text not null check (result in ('worked', 'did-not', 'cannot-tell')),
  builds integer[] not null,                 -- on which Windows builds
  note text not null,
  who text not null,
  at timestamptz not null
);
create index test_result_campaign on test_result (campaign_id, wave);

create table incident (
  incident_id uuid primary key,
  customer_id uuid not null references customer,
  server_id uuid references server on delete set null,
  title text not null,
  reference text,                            -- in a ticket system
  who text not null,
  opened_at timestamptz not null,
  closed_at timestamptz,
  closed_by text
);
create index incident_open on incident (customer_id) where closed_at is null;

create table calendar_freeze (              -- nothing is installed in it
  freeze_id uuid primary key,
  scope text not null check (scope in ('all', 'customer', 'group', 'server')),
  customer_id uuid references customer,
  target_group text,
  server_id uuid references server on delete cascade,
  name text not null,
  rule jsonb not null,                       -- once, or recurring: domain/calendar/freeze-rules.ts
  source text not null default 'person',     -- or the calendar that it was imported from
  uid text,                                  -- of an imported event
  who text not null,
  at timestamptz not null,
  lifted_at timestamptz,
  lifted_by text
);
create index calendar_freeze_in_force on calendar_freeze (freeze_id) where lifted_at is null;
create unique index calendar_freeze_imported on calendar_freeze (customer_id, source, uid) nulls not distinct where uid is not null and lifted_at is null;

create table one_off_window (
  window_id uuid primary key,
  scope text not null check (scope in ('customer', 'group', 'server')),
  customer_id uuid not null references customer,
  target_group text,
  server_id uuid references server on delete cascade,
  start timestamptz not null,
  ends timestamptz not null check (ends > start),
  who text not null,
  why text not null,
  at timestamptz not null,
  lifted_at timestamptz,
  lifted_by text
);

create table planned_work (                  -- what another tool installs, in the same windows
  work_id uuid primary key,
  customer_id uuid not null references customer,
  server_id uuid references server on delete cascade, -- null: of a target group, or all
  target_group text,
  kind text not null check (kind in ('cumulative', 'dotnet', 'definitions', 'drivers', 'firmware', 'agents', 'third-party', 'emergency')),
  title text not null,
  tool text not null,
  minutes integer not null check (minutes between 1 and 1440),
  not_before timestamptz not null,           -- it stands in the first window from here on
  restarts boolean not null,
  who text not null,
  at timestamptz not null,
  done_at timestamptz,
  done_by text,
  outcome text check (outcome in ('done', 'failed', 'dropped'))
);
create index planned_work_open on planned_work (customer_id) where done_at is null;

create table readiness_policy (              -- versions, of a customer or, null, for all; none: the shipped one
  version integer generated always as identity primary key,
  customer_id uuid references customer,
  definition jsonb not null,
  who text not null,
  why text not null,
  at timestamptz not null
);

create table evidence (                      -- of backups, restore points and restore tests
  evidence_id uuid primary key,
  machine_id uuid not null references machine on delete cascade,
  kind text not null check (kind in ('backup', 'restore-point', 'restore-test')),
  ok boolean not null,
  at timestamptz not null,                   -- when it was made, never after it was told
  source text not null,                      -- api, csv, settings-task, veeam
  job text not null default '',
  detail text not null default '',
  who text not null,
  received_at timestamptz not null,
  unique (machine_id, kind, at, source, job)
);

create table readiness_override (
  override_id uuid primary key,
  server_id uuid not null references server on delete cascade,
  checks text[] not null,
  who text not null,
  why text not null,
  at timestamptz not null,
  expires timestamptz not null,
  ended_at timestamptz,
  ended_by text
);
create index readiness_override_in_force on readiness_override (server_id) where ended_at is null;

create index event_went_well on event (server_id, update_id, time_at_target)
  where event_id in (183, 190, 197, 203) and hresult >= 0; -- ends a row of failures

create table hook (                          -- what is called before and after a server's turn
  hook_id uuid primary key,
  customer_id uuid not null references customer,
  name text not null,
  definition jsonb not null,                 -- urls, time-outs, what it is for; never the secret
  secret bytea,                              -- signs the calls, sealed
  changed_at timestamptz not null,
  unique (customer_id, name)
);
create table hook_run (                      -- one call sequence of one server: before, and after
  hook_run_id uuid primary key,
  hook_id uuid not null references hook on delete cascade,
  campaign_id uuid not null references campaign on delete cascade,
  server_id uuid not null references server on delete cascade,
  state text not null check (state in ('before', 'open', 'after', 'done', 'failed')),
  asked_at timestamptz not null,             -- service's clock
  opened_at timestamptz,
  closed_at timestamptz,
  attempts integer not null default 0,
  next_attempt timestamptz not null,         -- wall clock
  reference text,                            -- what the other side calls it
  last_error text,
  unique (hook_id, campaign_id, server_id)
);
create index hook_run_open on hook_run (hook_id) where state in ('before', 'open', 'after');

alter table policy
  add column token text not null default '', -- the API token that wrote it: two persons are two tokens
  add column approved_by text,               -- null: it waits for another person
  add column approved_at timestamptz;        -- in force from here on
update policy set approved_by = who, approved_at = at;

alter table notice drop constraint notice_kind_check,
  add constraint notice_kind_check check (kind in ('restart', 'failure', 'readiness', 'gate'));

alter table service add column inventory_version bigint not null default 0; -- grows with every change that may move a server to another wave
