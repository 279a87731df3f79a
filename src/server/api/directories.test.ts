import assert from 'node:assert/strict';
import { test } from 'node:test';
import { addDirectory, changeDirectory } from '#contract/endpoints/directory.ts';
import { addCustomer } from '#contract/endpoints/fleet.ts';
import { testService } from './testing/service.ts';

const AT = '2026-01-13T18:00:00Z';

test('a password that was given for some addresses is never sent to others', async (t) => {
  const { call } = await testService(t, AT);
  await call(addCustomer, { body: { name: 'Contoso', zone: 'Etc/UTC' } });
  const urls = ['ldaps://dc1.corp.example', 'ldaps://dc2.corp.example'];
  const where = { urls, user: 'st@corp.example', base: 'DC=corp,DC=example' };
  await call(addDirectory, { body: { name: 'corp', customer: 'Contoso', password: 'Correct horse', ...where } });
  const params = { directory: 'corp' };
  const other = { urls: ['ldaps://elsewhere.example', ...urls] };
  await assert.rejects(call(changeDirectory, { params, body: other }), {
    code: 'usage.wrong',
    message: /^password: /,
  });
  assert.equal((await call(changeDirectory, { params, body: { urls: urls.toReversed() } })).urls[0], urls[1]);
  assert.equal((await call(changeDirectory, { params, body: { ...other, password: 'Correct' } })).urls.length, 3);
});

test('of two that add a directory of one name at once, one hears that there is one', async (t) => {
  const { call } = await testService(t, AT);
  await call(addCustomer, { body: { name: 'Contoso', zone: 'Etc/UTC' } });
  const where = { urls: ['ldaps://dc1.corp.example'], user: 'st@corp.example', base: 'DC=corp,DC=example' };
  const body = { name: 'corp', customer: 'Contoso', password: 'Correct horse', ...where };
  const answers = await Promise.allSettled([1, 2, 3].map(() => call(addDirectory, { body })));
  const reasons = answers.flatMap((answer) => (answer.status === 'rejected' ? [answer.reason.code] : []));
  assert.deepEqual(reasons, ['conflict.exists', 'conflict.exists']);
});
