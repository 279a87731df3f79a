import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isEndpoint } from './region.ts';

test('an endpoint is an origin and nothing else', () => {
  for (const good of ['https://msupdate.lon.example.com', 'http://wsus:8530', 'https://10.0.0.1:8531'])
    assert.ok(isEndpoint(good), good);
  for (const bad of [
    'https://host/',
    'https://host/path',
    'https://user:pw@host',
    'https://host?x',
    'https://host#x',
    'ftp://host',
    'host',
    'https://',
    'https://host:99999999',
    "https://ho'st",
    'https://host:0',
    `https://${'a'.repeat(300)}`,
  ])
    assert.ok(!isEndpoint(bad), bad);
});
