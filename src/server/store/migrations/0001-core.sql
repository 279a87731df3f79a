-- Times are the service's clock (a parameter), never now(): the clock may be simulated.
-- Every table that belongs to a customer carries customer_id.

create table service (
  singleton boolean primary key default true check (singleton),
  server_guid uuid not null,                 -- a changed one sends clients to RefreshCache (ServerChanged)
  clock text not null check (clock in ('real', 'simulated')),
  simulated_at timestamptz,                  -- where a simulated clock stands
  config_changed timestamptz not null,       -- GetConfig's LastChange; a new one sends clients to GetConfig
  facts_version bigint not null default 0    -- grows with every change to what decisions are made from
);

create table cookie_key (
  key_id smallint primary key,
  secret bytea not null check (octet_length(secret) = 32),
  created_at timestamptz not null,
  retired_at timestamptz                     -- still opens cookies, seals no new ones
);

create table api_token (
  token_sha256 bytea primary key,
  name text not null unique,
  created_at timestamptz not null,
  revoked_at timestamptz
);

create table customer (
  customer_id uuid primary key,
  name text not null unique check (name ~ '^[A-Za-z0-9][A-Za-z0-9 ._-]{0,62}$'),
  zone text not null,                        -- default zone of its servers
  region text,
  plan text,                                 -- default plan of its servers
  mode text not null default 'managed' check (mode in ('observe', 'managed')),
  token_sha256 bytea not null unique,        -- enrolment token, digest only
  created_at timestamptz not null
);

create table plan (
  customer_id uuid references customer,      -- null: a plan that every customer may use
  name text not null check (name ~ '^[A-Za-z0-9][A-Za-z0-9._-]{0,62}$'),
  definition jsonb not null,                 -- domain/calendar/plan.ts
  changed_at timestamptz not null,
  unique nulls not distinct (customer_id, name)
);

create table server (
  server_id uuid primary key,
  customer_id uuid references customer,      -- null: unassigned
  enrolled_by uuid references customer,      -- whose token came along first; that token stays good when the server is moved
  client_id text not null unique,            -- SusClientId: a claim, not a proof
  dns_name text not null,
  registration jsonb,                        -- ComputerInfo as last registered
  os_build integer,
  product_type integer,
  zone text,                                 -- null: the customer's
  plan text,                                 -- null: the customer's
  mode text check (mode in ('observe', 'managed')), -- null: the customer's
  first_seen timestamptz not null,
  last_seen timestamptz not null,
  last_sync timestamptz,                     -- end of the last scan
  last_detection timestamptz,                -- when the agent last said how a detection ended (147, 148, 157, 158)
  last_sync_result integer,                  -- HRESULT of that detection
  last_status timestamptz,                   -- last status report (event 156)
  last_restart timestamptz,                  -- last restart that the agent told of (event 202)
  pending_restart boolean not null default false
);
create index server_customer on server (customer_id, dns_name, server_id);
create index server_dns_name on server (dns_name, server_id);

create table revision (
  revision_id integer generated always as identity primary key,
  update_id uuid not null,
  revision_number integer not null,
  metadata jsonb not null,                   -- domain/catalogue/revision.ts without the ids
  document_sha256 bytea not null,
  source text not null,                      -- file or upstream it came from
  imported_at timestamptz not null,
  unique (update_id, revision_number)
);

create table revision_document (
  revision_id integer primary key references revision on delete cascade,
  zstd bytea not null                        -- the whole upd:Update document as it came
);

create table fragment (
  revision_id integer not null references revision on delete cascade,
  kind text not null check (kind in ('Core', 'Extended', 'LocalizedProperties', 'Eula')),
  locale text not null default '',
  escaped bytea not null,                    -- XML-escaped once more, ready to stand inside <Xml>
  xpress bytea not null,                     -- the same as finished xpress blocks
  primary key (revision_id, kind, locale)
);
alter table fragment alter column xpress set storage external; -- it is compressed already

create table payload (
  sha1 bytea primary key check (octet_length(sha1) = 20),
  sha256 bytea,
  size bigint not null,
  name text not null,
  mu_url text,                               -- where Microsoft has it
  held_at timestamptz                        -- in the content folder, verified by both digests
);

create table eula_acceptance (
  eula_id uuid primary key,
  who text not null,
  at timestamptz not null
);

create table policy (
  version integer generated always as identity primary key,
  yaml text not null,
  who text not null,
  why text not null,
  at timestamptz not null
);

create table person_decision (
  customer_id uuid references customer,      -- null: for all
  update_id uuid not null,
  decision text not null check (decision in ('approve', 'decline')),
  who text not null,
  why text not null,
  at timestamptz not null,
  at_customers_risk boolean not null default false,
  unique nulls not distinct (customer_id, update_id)
);

create table deployment_set (                -- what a cookie's version stands for
  version text primary key,
  content bytea not null,                    -- zstd of the set
  last_used timestamptz not null
);
create index deployment_set_used on deployment_set (last_used);

create table server_status (                 -- the latest word of the agent, as sets
  server_id uuid primary key references server on delete cascade,
  customer_id uuid references customer,
  at timestamptz not null,                   -- time of the event at the target, never after its receipt
  event_instance_id uuid not null,           -- settles which of two reports of one instant is the later
  installed uuid[] not null,
  applicable integer not null                -- how many updates it evaluated as applicable, installed ones included
);

create table server_update (                 -- rows only for what is not settled
  server_id uuid not null references server on delete cascade,
  customer_id uuid references customer,
  update_id uuid not null,
  state text not null check (state in ('needed', 'downloaded', 'pending-restart', 'failed', 'installed')),
  provisional boolean not null,              -- from a progress event; the next status report settles it
  reported_at timestamptz not null,          -- time of the latest event that said so
  since timestamptz not null,                -- time of the first of the unbroken row of events that said so
  primary key (server_id, update_id)
);
create index server_update_state on server_update (update_id, state);

create table event (                         -- what agents reported, as they said it
  event_instance_id uuid primary key,        -- redelivery is accepted once
  server_id uuid not null references server on delete cascade,
  customer_id uuid references customer,
  event_id integer not null,
  update_id uuid,
  revision_number integer,
  hresult integer not null,
  time_at_target timestamptz not null,
  received_at timestamptz not null,
  details jsonb not null
);
create index event_server on event (server_id, received_at);
create index event_failure on event (server_id, update_id, time_at_target) where hresult < 0;

create table offer (                         -- what each server was told to install, latest word
  server_id uuid not null references server on delete cascade,
  customer_id uuid references customer,
  update_id uuid not null,
  revision_id integer not null references revision,
  deadline timestamptz,
  told_at timestamptz not null,
  withdrawn_at timestamptz,
  primary key (server_id, update_id)
);
create index offer_update on offer (update_id) where withdrawn_at is null;

create table record (                        -- append-only, hash-chained per customer; the nil uuid is the service itself
  customer_id uuid not null,
  number bigint not null,
  at timestamptz not null,
  clock text not null check (clock in ('real', 'simulated')),
  who text not null,
  what text not null,
  subject jsonb not null,
  facts jsonb not null,
  previous bytea not null,
  hash bytea not null,
  primary key (customer_id, number)
);
create table record_head (                   -- the last row of each chain: shows when the end was cut off; locked to append
  customer_id uuid primary key,
  number bigint not null,
  hash bytea not null
);
create function record_is_append_only() returns trigger language plpgsql as $$
begin
  raise exception 'the record is append-only';
end $$;
create trigger record_append_only before update or delete on record for each row execute function record_is_append_only();
create trigger record_no_truncate before truncate on record for each statement execute function record_is_append_only();
