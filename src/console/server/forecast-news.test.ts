import assert from 'node:assert/strict';
import { test } from 'node:test';
import { newsOf } from './forecast-news.ts';

test('an update is news in the first window that may install it, and only there', () => {
  const window = (start: string, ...ids: string[]) => ({
    window: { start, end: start, cycle: '2023-10', primary: false },
    leadFrom: start,
    local: '',
    work: [],
    updates: ids.map((updateId) => ({ updateId, revisionNumber: 1, title: updateId, needed: true })),
  });
  const news = newsOf([window('1', 'a', 'b'), window('2', 'b', 'c'), window('3'), window('4', 'a', 'c')]);
  const names = (list: readonly { updateId: string }[]): string => list.map(({ updateId }) => updateId).join('');
  assert.deepEqual(
    news.map(({ news, again }) => [names(news), names(again)]),
    [
      ['ab', ''],
      ['c', 'b'],
      ['', ''],
      ['', 'ac'],
    ],
  );
});
