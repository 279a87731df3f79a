import type { UpdateId } from '#domain/catalogue/revision.ts';
import { earliest, isBefore } from '#domain/instants.ts';

/** To whom a pause applies. A group belongs to its customer. */
export type PauseScope =
  | { readonly kind: 'all' }
  | { readonly kind: 'customer'; readonly customerId: string }
  | { readonly kind: 'group'; readonly customerId: string; readonly group: string }
  | { readonly kind: 'server'; readonly serverId: string };

/** Nothing is offered in [starts, ends). A pause always has an end. */
export interface Pause {
  readonly pauseId: string;
  readonly scope: PauseScope;
  readonly starts: Temporal.Instant;
  readonly ends: Temporal.Instant;
  readonly who: string;
  readonly why: string;
}

/** One update is offered to nobody until a person lifts the brake. */
export interface Brake {
  readonly updateId: UpdateId;
  readonly who: string;
  readonly why: string;
  readonly at: Temporal.Instant;
}

/** What of a server a pause looks at. */
export interface Pausable {
  readonly serverId: string;
  readonly customerId?: string;
  readonly group?: string;
}

/** The pause that ends last of those in force for a server at an instant. */
export function pauseAt(pauses: readonly Pause[], server: Pausable, at: Temporal.Instant): Pause | undefined {
  return pauses
    .filter(({ scope, starts, ends }) => reaches(scope, server) && !isBefore(at, starts) && isBefore(at, ends))
    .reduce<Pause | undefined>((last, one) => (last && !isBefore(last.ends, one.ends) ? last : one), undefined);
}

/** When the next pause for a server begins or ends after an instant. */
export function nextPauseChange(
  pauses: readonly Pause[],
  server: Pausable,
  at: Temporal.Instant,
): Temporal.Instant | undefined {
  return earliest(
    pauses
      .filter(({ scope }) => reaches(scope, server))
      .flatMap(({ starts, ends }) => [starts, ends])
      .filter((instant) => isBefore(at, instant)),
  );
}

/** Whether a scope takes in a server. */
export function reaches(scope: PauseScope, server: Pausable): boolean {
  switch (scope.kind) {
    case 'all':
      return true;
    case 'customer':
      return scope.customerId === server.customerId;
    case 'group':
      return scope.customerId === server.customerId && scope.group === server.group;
    case 'server':
      return scope.serverId === server.serverId;
  }
}
