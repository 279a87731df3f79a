-- Plans and delivery in full, approvals as facts, regions, enrolment, notices, database care.

alter table customer
  add column strict boolean not null default false,   -- servers may not fetch from Microsoft by hand
  add column owner_mail text;                         -- who is told of restarts and failures

create table region (                        -- a place with a client endpoint; overrides a shipped one of the same name
  name text primary key check (name ~ '^[A-Z][A-Z0-9-]{1,15}$'),
  title text not null,
  endpoint text not null,                    -- https://host[:port]
  aliases text[] not null,
  zone text not null,
  latitude double precision not null,
  longitude double precision not null,
  changed_at timestamptz not null
);

alter table server
  add column region text,                    -- null: the customer's, else the closest
  add column target_group text check (target_group ~ '^[A-Za-z0-9][A-Za-z0-9 ._-]{0,62}$'),
  add column owner_mail text,                -- null: the customer's
  add column visit_before timestamptz,       -- end of the visit (scans less than two hours apart) before the present one
  add column settings_version text,          -- what the settings task last reported to be in force
  add column settings_at timestamptz;        -- when the settings task was last heard of
create index server_target_group on server (customer_id, target_group) where target_group is not null;

create table former_token (                  -- rotated enrolment tokens: still prove whose a known server is, enrol no new one
  token_sha256 bytea primary key,
  customer_id uuid not null references customer,
  retired_at timestamptz not null
);

create table server_name (                   -- names under which one client id came: overlapping ones are clones
  server_id uuid not null references server on delete cascade,
  machine text not null,                     -- DNS name and what the machine says of its hardware
  first_seen timestamptz not null,
  last_seen timestamptz not null,
  primary key (server_id, machine)
);

create table server_report (                 -- the latest word of the settings task
  server_id uuid primary key references server on delete cascade,
  customer_id uuid references customer,
  at timestamptz not null,
  report jsonb not null                      -- contract/settings-task.ts
);

create table pause (                         -- nothing is offered in [starts, ends)
  pause_id uuid primary key,
  scope text not null check (scope in ('all', 'customer', 'group', 'server')),
  customer_id uuid references customer,      -- of customer, group and server
  target_group text,
  server_id uuid references server on delete cascade,
  starts timestamptz not null,
  ends timestamptz not null check (ends > starts),
  who text not null,
  why text not null,
  lifted_at timestamptz,
  lifted_by text,
  check ((scope = 'all') = (customer_id is null) or scope = 'server'),
  check ((scope = 'group') = (target_group is not null)),
  check ((scope = 'server') = (server_id is not null))
);
create index pause_in_force on pause (ends) where lifted_at is null;

create table brake (                         -- one update is offered to nobody
  brake_id uuid primary key,
  update_id uuid not null,
  who text not null,
  why text not null,
  at timestamptz not null,
  lifted_at timestamptz,
  lifted_by text,
  lifted_why text
);
create unique index brake_in_force on brake (update_id) where lifted_at is null;

-- Persons' words are facts: none is written over; one that no longer holds has an end.
alter table person_decision
  drop constraint person_decision_customer_id_update_id_key,
  add column decision_id uuid not null default gen_random_uuid() primary key,
  add column server_id uuid references server on delete cascade,  -- null: for all of the customer's servers
  add column policy_version integer,         -- the policy that was in force
  add column requested_by text,              -- beyond the policy: who asked, when, and who accepted to be responsible
  add column requested_at timestamptz,
  add column accepted_by text,
  add column acceptance text,                -- the words that were accepted
  add column ended_at timestamptz,
  add column ended_by text,
  add column ended_why text;
create unique index person_decision_in_force on person_decision (update_id, customer_id, server_id) nulls not distinct
  where ended_at is null;

create table approval (                      -- every change of the verdict that holds for all customers, as it came about
  approval_id bigint generated always as identity primary key,
  at timestamptz not null,
  update_id uuid not null,
  revision_number integer not null,
  verdict text not null check (verdict in ('approve', 'not-approve', 'review')),
  who text not null,                         -- the policy's rule or a person
  why text not null,
  policy_version integer not null
);
create index approval_update on approval (update_id, at);

create table notice (                        -- mail to be sent; written in the transaction that it tells of
  notice_id uuid primary key,
  kind text not null check (kind in ('restart', 'failure')),
  key text not null unique,                  -- one notice a subject and occasion
  customer_id uuid not null references customer,
  recipient text not null,
  subject text not null,
  body text not null,
  at timestamptz not null,                   -- service's clock
  attempts integer not null default 0,
  next_attempt timestamptz not null,         -- wall clock, as the two below
  sent_at timestamptz,
  gave_up_at timestamptz,
  last_error text
);
create index notice_waiting on notice (next_attempt) where sent_at is null and gave_up_at is null;

create table care_run (                      -- what the service did for its database
  care_run_id bigint generated always as identity primary key,
  job text not null,
  began timestamptz not null,                -- wall clock
  ended timestamptz,
  outcome jsonb not null default '{}'
);
create index event_received on event using brin (received_at);
