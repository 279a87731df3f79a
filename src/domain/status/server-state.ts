import type { UpdateId } from '#domain/catalogue/revision.ts';
import { earlier, isBefore, later } from '#domain/instants.ts';
import { eventEffect, type UpdateState } from '#domain/status/event-state.ts';
import { MOST_UPDATES } from '#domain/status/status-report.ts';

/** An agent's event, as far as it can change what is known of its server. */
export interface StateEvent {
  readonly eventInstanceId: string;
  readonly eventId: number;
  readonly hresult: number;
  /** The instant at the target, but never after its receipt: a clock that runs ahead must not outvote all later events. */
  readonly at: Temporal.Instant;
  readonly updateId?: UpdateId;
  /** What a status report (156) says; see `readStatusReport`. */
  readonly states?: ReadonlyMap<UpdateId, UpdateState>;
}

/** What is known of one update on one server while it is not settled as installed or not applicable. */
export interface UnsettledUpdate {
  readonly state: UpdateState;
  /** From a progress event; the next status report settles it. */
  readonly provisional: boolean;
  readonly reportedAt: Temporal.Instant;
  /** Since when events have said so without a break, in the order in which they arrived. */
  readonly since: Temporal.Instant;
}

/** The latest status report. */
export interface SettledStatus {
  readonly at: Temporal.Instant;
  readonly eventInstanceId: string;
  readonly installed: readonly UpdateId[];
  /** How many updates the agent found applicable, installed ones included. */
  readonly applicable: number;
}

/** What a server's agent has said about it so far. */
export interface ServerState {
  /** End of the last scan that succeeded. */
  readonly lastSync?: Temporal.Instant;
  readonly lastDetection?: Temporal.Instant;
  /** HRESULT of that detection. */
  readonly lastSyncResult?: number;
  readonly lastRestart?: Temporal.Instant;
  readonly status?: SettledStatus;
  readonly updates: ReadonlyMap<UpdateId, UnsettledUpdate>;
}

/** Of two progress events of one instant the more cautious one counts. */
const CAUTION: readonly UpdateState[] = ['needed', 'downloaded', 'installed', 'pending-restart', 'failed'];

/**
 * The state after some more events. The order in which events come does not matter, nor does it matter when one comes twice: each fact
 * goes by the latest event that speaks of it, and a status report outvotes every progress event up to its instant. (Only `since` is
 * as good as the order of arrival.) Unchanged members are the same objects as before.
 */
export function applyEvents(state: ServerState, events: readonly StateEvent[]): ServerState {
  const updates = new Map(state.updates);
  let after: ServerState = { ...state, updates };
  for (const event of events.toSorted(compareEvents)) {
    const effect = eventEffect(event.eventId, event.hresult);
    if (effect.kind === 'detection') after = detected(after, event.at, effect.hresult);
    else if (effect.kind === 'restarted')
      after = { ...after, lastRestart: later(after.lastRestart ?? event.at, event.at) };
    else if (effect.kind === 'update') progress(updates, after.status, event, effect.state);
    else if (effect.kind === 'status-report') after = settled(after, updates, event);
  }
  return after;
}

/** Whether some update waits for a restart that has not happened since the agent said so. */
export function isRestartPending({ updates, lastRestart }: ServerState): boolean {
  return updates
    .values()
    .some(
      ({ state, reportedAt }) => state === 'pending-restart' && (!lastRestart || isBefore(lastRestart, reportedAt)),
    );
}

function detected(state: ServerState, at: Temporal.Instant, hresult: number): ServerState {
  const { lastDetection, lastSyncResult = 0 } = state;
  const order = lastDetection ? Temporal.Instant.compare(at, lastDetection) : 1;
  const speaks = order > 0 || (order === 0 && hresult < lastSyncResult);
  return {
    ...state,
    ...(speaks ? { lastDetection: at, lastSyncResult: hresult } : {}),
    ...(hresult >= 0 ? { lastSync: later(state.lastSync ?? at, at) } : {}),
  };
}

function progress(
  updates: Map<UpdateId, UnsettledUpdate>,
  status: SettledStatus | undefined,
  { updateId, at }: StateEvent,
  state: UpdateState,
): void {
  if (updateId === undefined || (status && !isBefore(status.at, at))) return;
  const known = updates.get(updateId);
  if (known ? !outvotes(state, at, known) : updates.size >= MOST_UPDATES) return;
  const since = known?.state === state ? earlier(known.since, at) : at;
  updates.set(updateId, { state, provisional: true, reportedAt: at, since });
}

function outvotes(state: UpdateState, at: Temporal.Instant, known: UnsettledUpdate): boolean {
  const order = Temporal.Instant.compare(at, known.reportedAt);
  return order > 0 || (order === 0 && CAUTION.indexOf(state) > CAUTION.indexOf(known.state));
}

function settled(state: ServerState, updates: Map<UpdateId, UnsettledUpdate>, event: StateEvent): ServerState {
  const { at, eventInstanceId, states = new Map<UpdateId, UpdateState>() } = event;
  if (state.status && compareReports(event, state.status) <= 0) return state;
  const before = new Map(updates);
  for (const [id, { reportedAt }] of before) if (!isBefore(at, reportedAt)) updates.delete(id);
  const installed: UpdateId[] = [];
  for (const [id, said] of states) {
    if (said === 'installed') installed.push(id);
    else if (!updates.has(id)) {
      const known = before.get(id);
      const since = known?.state === said ? earlier(known.since, at) : at;
      updates.set(id, { state: said, provisional: false, reportedAt: at, since });
    }
  }
  return { ...state, status: { at, eventInstanceId, installed: installed.sort(), applicable: states.size } };
}

function compareEvents(a: StateEvent, b: StateEvent): number {
  return (
    Temporal.Instant.compare(a.at, b.at) || a.eventId - b.eventId || compareText(a.eventInstanceId, b.eventInstanceId)
  );
}

function compareReports(a: Pick<StateEvent, 'at' | 'eventInstanceId'>, b: SettledStatus): number {
  return Temporal.Instant.compare(a.at, b.at) || compareText(a.eventInstanceId, b.eventInstanceId);
}

function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
