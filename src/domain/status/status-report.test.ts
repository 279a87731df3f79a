import assert from 'node:assert/strict';
import { it } from 'node:test';
import fc from 'fast-check';
import { isStatusList, readStatusReport } from './status-report.ts';

const [A, B, C, D, E] = ['a', 'b', 'c', 'd', 'e'].map(
  (digit) => `${digit.repeat(8)}-0000-4000-8000-${digit.repeat(12)}`,
) as [string, string, string, string, string];

it('reads the five lists, whatever the letter case of the ids', () => {
  const report = readStatusReport([`U=${A.toUpperCase()}`, `h=${B}`, `V=${C};${D};`, `W=${E}`, 'g=', 'D=7', 'T=x']);
  assert.deepEqual(
    [...report.states].sort(),
    [
      [A, 'needed'],
      [B, 'downloaded'],
      [C, 'installed'],
      [D, 'installed'],
      [E, 'pending-restart'],
    ].sort(),
  );
  assert.equal(report.ignored, 0);
});

it('lets a pending restart outvote a failure, that a download, that an installation, that a need', () => {
  const lists = [`W=${A}`, `g=${A};${B}`, `h=${A};${B};${C}`, `V=${A};${B};${C};${D}`, `U=${A};${B};${C};${D};${E}`];
  for (const order of [lists, lists.toReversed()]) {
    const { states } = readStatusReport(order);
    assert.deepEqual(
      [A, B, C, D, E].map((id) => states.get(id)),
      ['pending-restart', 'failed', 'downloaded', 'installed', 'needed'],
    );
  }
});

it('takes tags as they are: W and w, G and g are not the same', () => {
  assert.equal(readStatusReport([`u=${A}`, `v=${A}`, `w=${A}`, `G=${A}`, `H=${A}`, ` U=${A}`]).states.size, 0);
});

it('ignores and counts garbage', () => {
  const report = readStatusReport([`U=${A};nonsense;;${A}x;{${B}};' or 1=1`]);
  assert.deepEqual([...report.states.keys()], [A]);
  assert.equal(report.ignored, 4);
});

it('is bounded', () => {
  const ids = Array.from({ length: 20_010 }, (_, at) => `00000000-0000-4000-8000-${String(at).padStart(12, '0')}`);
  const report = readStatusReport([`U=${ids.join(';')}`]);
  assert.equal(report.states.size, 20_000);
  assert.equal(report.ignored, 10);
});

it('never throws', () => {
  fc.assert(
    fc.property(
      fc.array(
        fc.oneof(
          fc.string(),
          fc.string().map((text) => `U=${text}`),
        ),
      ),
      (miscData) => {
        const { states, ignored } = readStatusReport(miscData);
        assert.ok(states.size === 0 && ignored >= 0);
      },
    ),
  );
});

it('tells the lists from other data', () => {
  assert.deepEqual([`U=${A}`, 'W=', 'D=1', 'u=', 'U'].map(isStatusList), [true, true, false, false, false]);
});
