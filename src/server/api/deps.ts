import type pg from 'pg';
import type { Endpoint, EndpointInput, EndpointResult } from '#contract/endpoint.ts';
import type { Settings } from '#contract/settings.ts';
import type { Clock } from '#server/clock.ts';
import type { PayloadStore } from '#server/content/payload-store.ts';
import type { FactsKeeper } from '#server/facts/keeper.ts';
import type { Directories } from '#server/integrations/directory/directories.ts';
import type { MailTransport } from '#server/integrations/mail/transport.ts';
import type { Secrets } from '#server/secrets.ts';
import type { Upstreams } from '#server/sources/upstream/upstreams.ts';

/** What the API and the console's listener work with. */
export interface ApiDeps {
  readonly pool: pg.Pool;
  readonly keeper: FactsKeeper;
  readonly clock: Clock;
  readonly payloads: PayloadStore;
  readonly upstreams: Upstreams;
  readonly secrets: Secrets;
  readonly directories: Directories;
  readonly settings: Pick<Settings, 'clientHttp' | 'eventRetentionDays'>;
  /** Absent: no mail server is set. */
  readonly mail?: MailTransport;
  readonly version: string;
  readonly log: { error(details: object, message: string): void; warn(details: object, message: string): void };
  /** What clients may write into WUServer. */
  readonly clients: readonly string[];
  /** Absent under the real clock. Resolves when the service has settled at the instant. */
  readonly moveClock?: (to: Temporal.Instant) => Promise<void>;
}

/** Who calls, and the instant that the whole call goes by. */
export interface ApiCaller {
  /** Name of the API token. */
  readonly name: string;
  readonly at: Temporal.Instant;
}

/** Answers one endpoint of the contract. Refusals are thrown as `CodedError`. */
export type Handler<E extends Endpoint> = (
  deps: ApiDeps,
  input: EndpointInput<E>,
  caller: ApiCaller,
) => Promise<EndpointResult<E>>;
