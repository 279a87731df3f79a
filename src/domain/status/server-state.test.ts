import assert from 'node:assert/strict';
import { it } from 'node:test';
import fc from 'fast-check';
import { RESTART_REQUIRED, type UpdateState } from './event-state.ts';
import { applyEvents, isRestartPending, type ServerState, type StateEvent } from './server-state.ts';

const NOTHING: ServerState = { updates: new Map() };
const START = Temporal.Instant.from('2026-11-10T18:00:00Z');
const KB = 'aaaaaaaa-0000-4000-8000-000000000001';

let number = 0;
function event(minute: number, eventId: number, more: Partial<StateEvent> = {}): StateEvent {
  number++;
  const eventInstanceId = `00000000-0000-4000-8000-${String(number).padStart(12, '0')}`;
  return { eventInstanceId, eventId, hresult: 0, at: START.add({ minutes: minute }), ...more };
}
function report(minute: number, states: Record<string, UpdateState>): StateEvent {
  return event(minute, 156, { states: new Map(Object.entries(states)) });
}
function stateOf(state: ServerState, id = KB): [UpdateState, boolean] | undefined {
  const known = state.updates.get(id);
  return known && [known.state, known.provisional];
}

it('follows an installation that needs a restart', () => {
  let state = applyEvents(NOTHING, [event(0, 147), report(1, { [KB]: 'needed' })]);
  assert.deepEqual(stateOf(state), ['needed', false]);
  state = applyEvents(state, [event(2, 162, { updateId: KB })]);
  assert.deepEqual(stateOf(state), ['downloaded', true]);
  state = applyEvents(state, [event(3, 201, { updateId: KB, hresult: RESTART_REQUIRED })]);
  assert.deepEqual(stateOf(state), ['pending-restart', true]);
  assert.equal(isRestartPending(state), true);
  state = applyEvents(state, [event(9, 202)]);
  assert.equal(isRestartPending(state), false);
  state = applyEvents(state, [report(10, { [KB]: 'installed' })]);
  assert.equal(stateOf(state), undefined);
  assert.deepEqual(state.status?.installed, [KB]);
});

it('does not let an older event move a newer state back', () => {
  const state = applyEvents(NOTHING, [event(5, 183, { updateId: KB })]);
  assert.deepEqual(stateOf(applyEvents(state, [event(4, 162, { updateId: KB })])), ['installed', true]);
  const settled = applyEvents(NOTHING, [report(5, { [KB]: 'failed' })]);
  assert.deepEqual(stateOf(applyEvents(settled, [event(5, 183, { updateId: KB })])), ['failed', false]);
  assert.deepEqual(stateOf(applyEvents(settled, [report(4, { [KB]: 'needed' })])), ['failed', false]);
});

it('takes the more cautious of two progress events of one instant, whichever comes first', () => {
  const pair = [event(1, 182, { updateId: KB }), event(1, 183, { updateId: KB })];
  for (const order of [pair, pair.toReversed()]) {
    const state = order.reduce((before, one) => applyEvents(before, [one]), NOTHING);
    assert.deepEqual(stateOf(state), ['failed', true]);
  }
});

it('keeps what was reported after a status report that comes late', () => {
  const state = applyEvents(applyEvents(NOTHING, [event(7, 183, { updateId: KB })]), [report(5, { [KB]: 'needed' })]);
  assert.deepEqual(stateOf(state), ['installed', true]);
});

it('remembers since when an update is needed', () => {
  const state = [1, 2, 3].reduce((before, day) => applyEvents(before, [report(day, { [KB]: 'needed' })]), NOTHING);
  assert.equal(String(state.updates.get(KB)?.since), String(START.add({ minutes: 1 })));
  assert.equal(String(state.updates.get(KB)?.reportedAt), String(START.add({ minutes: 3 })));
});

it('keeps the last result of detection and the last success apart', () => {
  const state = applyEvents(NOTHING, [event(1, 147), event(2, 148, { hresult: -7 })]);
  assert.equal(state.lastSyncResult, -7);
  assert.equal(String(state.lastSync), String(START.add({ minutes: 1 })));
});

const IDS = [KB, KB.replace(/1$/, '2')];
const anyUpdateEvent = fc.record({
  minute: fc.integer({ min: 0, max: 5 }),
  eventId: fc.constantFrom(147, 148, 158, 162, 167, 181, 182, 183, 184, 193, 201, 202, 203, 222, 999),
  updateId: fc.constantFrom(...IDS),
  hresult: fc.constantFrom(0, -5, -6, RESTART_REQUIRED),
});
const anyReport = fc.record({
  minute: fc.integer({ min: 0, max: 5 }),
  states: fc.dictionary(
    fc.constantFrom(...IDS),
    fc.constantFrom<UpdateState[]>('needed', 'downloaded', 'installed', 'pending-restart', 'failed'),
  ),
});
const anyEvents = fc
  .array(fc.oneof({ arbitrary: anyUpdateEvent, weight: 5 }, { arbitrary: anyReport, weight: 1 }), { maxLength: 25 })
  .map((all) =>
    all.map((one) => ('states' in one ? report(one.minute, one.states) : event(one.minute, one.eventId, one))),
  );

it('ends in the same state whatever the order, the batches and the repetitions of events', () => {
  fc.assert(
    fc.property(
      anyEvents.chain((events) =>
        fc.record({
          events: fc.constant(events),
          shuffled: fc.shuffledSubarray([...events, ...events.slice(0, 5)], { minLength: 0 }),
          cut: fc.nat(30),
        }),
      ),
      ({ events, shuffled, cut }) => {
        const rest = events.filter((one) => !shuffled.includes(one));
        const other = [...shuffled, ...rest];
        const once = applyEvents(NOTHING, events);
        const inParts = applyEvents(applyEvents(NOTHING, other.slice(0, cut)), other.slice(cut));
        assert.deepEqual(comparable(inParts), comparable(once));
      },
    ),
    { numRuns: 1_000 },
  );
});

/** Without `since`, which is as good as the order of arrival. */
function comparable(state: ServerState): unknown {
  const { updates, status, lastSync, lastDetection, lastSyncResult, lastRestart } = state;
  const known = [...updates].map(([id, one]) => [id, one.state, one.provisional, String(one.reportedAt)]);
  return {
    known: known.sort(),
    status: status && { ...status, at: String(status.at) },
    times: [lastSync, lastDetection, lastRestart].map(String),
    lastSyncResult,
    pending: isRestartPending(state),
  };
}
