-- Upstream servers that metadata is pulled from ([MS-WSUSSS]), and how far each pull is.

create table upstream (
  upstream_id integer generated always as identity primary key,
  name text not null unique check (name ~ '^[A-Za-z0-9][A-Za-z0-9 ._-]{0,62}$'),
  kind text not null check (kind in ('microsoft', 'wsus', 'second-tuesday')),
  url text not null,                         -- its root; the services' paths come below
  ca text,                                   -- PEM of further roots that its certificate may chain to
  languages text[] not null,                 -- short names such as en, de; none: all
  enabled boolean not null,                  -- pulled by itself
  interval_minutes integer not null check (interval_minutes between 15 and 44640),
  account_name text not null,                -- how we call ourselves there
  account_guid uuid not null,
  created_at timestamptz not null,
  due_at timestamptz not null,               -- wall clock: schedules do not follow a simulated one
  failures integer not null default 0        -- since the last pull that went well
);

create table upstream_choice (               -- what the operator chose: products, families, companies, classifications
  upstream_id integer not null references upstream on delete cascade,
  category_id uuid not null,
  primary key (upstream_id, category_id)
);

create table upstream_category (             -- the categories and detectoids that the upstream has listed
  upstream_id integer not null references upstream on delete cascade,
  update_id uuid not null,
  primary key (upstream_id, update_id)
);

create table upstream_list (                 -- one a kind of GetRevisionIdList; categories: GetConfig=true
  upstream_id integer not null references upstream on delete cascade,
  kind text not null check (kind in ('categories', 'updates')),
  anchor text,                               -- all that was listed until here is in
  open_anchor text,                          -- of the list whose revisions are being fetched
  primary key (upstream_id, kind)
);

create table upstream_filter (               -- what the updates' list was asked for
  upstream_id integer not null references upstream on delete cascade,
  kind text not null check (kind in ('category', 'classification', 'language')),
  id text not null,
  covered boolean not null default false,    -- by the anchor: from now on changes are enough (Delta)
  open boolean not null default false,       -- by the open anchor
  primary key (upstream_id, kind, id)
);

create table upstream_pending (              -- revisions that were listed and are not in yet
  upstream_id integer not null references upstream on delete cascade,
  update_id uuid not null,
  revision_number integer not null,
  place bigint generated always as identity,
  primary key (upstream_id, update_id, revision_number)
);
create index upstream_pending_place on upstream_pending (upstream_id, place);

create table upstream_refused (              -- quarantine: the rest of the pull went on without these revisions
  upstream_id integer not null references upstream on delete cascade,
  update_id uuid not null,
  revision_number integer not null,
  code text not null,
  message text not null,
  at timestamptz not null,
  primary key (upstream_id, update_id, revision_number)
);

create table upstream_file (                 -- where the upstream itself has payload files
  upstream_id integer not null references upstream on delete cascade,
  sha1 bytea not null check (octet_length(sha1) = 20),
  url text not null,
  primary key (upstream_id, sha1)
);

create table upstream_run (
  run_id bigint generated always as identity primary key,
  upstream_id integer not null references upstream on delete cascade,
  started_by text not null,                  -- a person, or schedule
  started_at timestamptz not null,
  ended_at timestamptz,
  outcome text not null check (outcome in ('running', 'done', 'stopped', 'failed', 'interrupted')),
  stop_asked boolean not null default false, -- by whatever process
  phase text not null,
  listed integer not null default 0,         -- revisions that this run wanted, those that an earlier one left included
  done integer not null default 0,           -- of these
  imported integer not null default 0,
  unchanged integer not null default 0,
  refused integer not null default 0,
  requests integer not null default 0,
  bytes bigint not null default 0,           -- of answers, as they came over the wire
  code text,                                 -- of a failure
  message text,
  warnings jsonb not null default '[]'
);
create index upstream_run_latest on upstream_run (upstream_id, run_id desc);
