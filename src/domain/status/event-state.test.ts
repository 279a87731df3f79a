import assert from 'node:assert/strict';
import { it } from 'node:test';
import { eventEffect, RESTART_REQUIRED } from './event-state.ts';

const STATES = {
  downloaded: [162, 164, 188, 189],
  installed: [183, 190, 197, 523],
  'pending-restart': [184, 191, 193, 194, 199, 224, 544],
  failed: [161, 182, 187, 192, 195, 198, 200, 204, 221, 225, 522, 525, 541, 545],
  needed: [222, 542],
};

for (const [state, ids] of Object.entries(STATES)) {
  it(`reads ${ids.join(', ')} as ${state}`, () => {
    for (const id of ids) assert.deepEqual(eventEffect(id, 0), { kind: 'update', state }, String(id));
  });
}

it('gives progress, information and unknown ids no effect', () => {
  const ids = [
    0, -1, 121, 141, 145, 149, 154, 163, 165, 167, 170, 181, 185, 186, 196, 223, 226, 521, 524, 543, 546, 32767,
  ];
  for (const id of ids) assert.deepEqual(eventEffect(id, -1), { kind: 'none' }, String(id));
});

it('reads 201 as a pending restart only with the HRESULT that says so', () => {
  assert.deepEqual(eventEffect(201, RESTART_REQUIRED), { kind: 'update', state: 'pending-restart' });
  assert.deepEqual(eventEffect(201, 0), { kind: 'none' });
});

it('reads 203 by its HRESULT', () => {
  assert.deepEqual(eventEffect(203, 0), { kind: 'update', state: 'installed' });
  assert.deepEqual(eventEffect(203, RESTART_REQUIRED), { kind: 'update', state: 'installed' });
  assert.deepEqual(eventEffect(203, -2145124329), { kind: 'update', state: 'failed' });
});

it('reads how a detection ended, and never calls a failed one a success', () => {
  assert.deepEqual(eventEffect(147, -5), { kind: 'detection', hresult: 0 });
  assert.deepEqual(eventEffect(148, -2145107934), { kind: 'detection', hresult: -2145107934 });
  for (const id of [148, 157, 158]) {
    const effect = eventEffect(id, 0);
    assert.ok(effect.kind === 'detection' && effect.hresult < 0);
  }
});

it('knows status reports and restarts', () => {
  assert.deepEqual(eventEffect(156, 0), { kind: 'status-report' });
  assert.deepEqual(eventEffect(202, 0), { kind: 'restarted' });
});
