-- Who is signed in to the console. A session is of a token and ends with it; only the digest of what the browser holds is kept.
-- Its times are the database's own, since the service's clock may be simulated.
create table console_session (
  session_sha256 bytea primary key,
  token_sha256 bytea not null references api_token on delete cascade,
  expires_at timestamptz not null
);
