import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Page } from 'playwright-core';
import { TOKEN } from '#server/api/testing/service.ts';
import { openBrowser, openPage, skip } from './browser.ts';
import { serviceWithFleet } from './fleet.ts';

const SERVERS = 60;
const FAILED_SERVER = 'app17.fabrikam.example';

async function signIn(page: Page, address: string): Promise<void> {
  await page.goto(address);
  await page.getByLabel('API token').fill(TOKEN);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.getByRole('navigation', { name: 'Screens' }).waitFor();
}

test('the console, in a browser, with a fleet', { skip }, async (t) => {
  const { url } = await serviceWithFleet(t, SERVERS);
  const browser = await openBrowser(t);

  await t.test('signs in with the token, stays signed in, and signs out', async (t) => {
    const { page } = await openPage(t, browser);
    await page.goto(url);
    await page.getByText('Simulated clock').waitFor();
    await page.getByLabel('API token').fill('wrong');
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.getByText('This token is not known').waitFor();
    await signIn(page, url);
    const [cookie] = await page.context().cookies(`${url}/api/v1/session`);
    assert.deepEqual([cookie?.httpOnly, cookie?.sameSite, cookie?.value.includes(TOKEN)], [true, 'Strict', false]);
    const kept = 'document.cookie + JSON.stringify(localStorage) + JSON.stringify(sessionStorage)';
    const seen = String(await page.evaluate(kept));
    assert.ok(cookie && !seen.includes(TOKEN) && !seen.includes(cookie.value));
    await page.reload();
    await page.getByRole('heading', { name: 'Cycle 2023-10' }).waitFor();
    await page.getByRole('button', { name: 'Sign out' }).click();
    await page.getByLabel('API token').waitFor();
    const answer = await fetch(`${url}/api/v1/now`, { headers: { cookie: `${cookie.name}=${cookie.value}` } });
    assert.equal(answer.status, 401);
  });

  await t.test('Now says where the cycle stands, how the fleet does and what wants a person', async (t) => {
    const { page, complaints } = await openPage(t, browser);
    await signIn(page, url);
    await page.getByText('day 3 of the default week').waitFor();
    await page.getByText('Simulated clock').waitFor();
    await page.getByRole('img', { name: /^Compliant: \d+, Restart pending: \d+/ }).waitFor();
    const failed = page.getByRole('article').filter({ hasText: 'Failed installations' });
    await failed.getByText('0x800F0922').first().waitFor();
    await page.getByRole('article').filter({ hasText: 'Servers of no customer' }).waitFor();
    await page.getByRole('row', { name: /default.*Europe\/London/ }).waitFor();
    await failed.getByRole('link', { name: 'List all' }).click();
    await page.waitForURL(/servers\?compliance=failed/);
    assert.deepEqual(complaints, []);
  });

  await t.test('Servers are found by name and filter, and their list can be linked to', async (t) => {
    const { page, complaints } = await openPage(t, browser);
    await signIn(page, `${url}/servers`);
    await page.getByText(`${SERVERS} servers`).waitFor();
    await page.getByLabel('Search by name').fill('app17');
    await page.getByText('1 server', { exact: true }).waitFor();
    const row = page.getByRole('row', { name: new RegExp(FAILED_SERVER) });
    assert.match((await row.textContent()) ?? '', /Fabrikam.*Server 2016.*Early, .*Asia\/Tokyo.*Failed/);
    await page.goto(`${url}/servers?compliance=pending-restart`);
    await page
      .getByRole('row', { name: /Restart pending/ })
      .first()
      .waitFor();
    assert.equal(await page.getByRole('row', { name: /✓ Compliant/ }).count(), 0);
    await page.getByLabel('Search by name').fill('nobody');
    await page.getByText('No server fits these filters.').waitFor();
    assert.deepEqual(complaints, []);
  });

  await t.test('a server tells why an update is held, and what comes when', async (t) => {
    const { page, complaints } = await openPage(t, browser);
    await signIn(page, `${url}/servers/${FAILED_SERVER}`);
    await page.getByRole('button', { name: /^Failed.*Cumulative Update/ }).click();
    await page.waitForURL(/update=/);
    const why = page.getByRole('region', { name: 'Why' });
    await why.getByText('0x800F0922').first().waitFor();
    const questions = await why.getByRole('listitem').allTextContents();
    assert.match(questions[0] ?? '', /^✓Catalogue/);
    assert.match(questions.at(-1) ?? '', /Window/);
    await page.getByLabel('Why another update').fill('KB890830');
    await page.getByRole('button', { name: 'Ask' }).click();
    await why.getByRole('heading', { name: /Malicious Software Removal Tool/ }).waitFor();
    await page.getByRole('tab', { name: 'Forecast' }).click();
    await page.getByText('Windows of the next 8 weeks').waitFor();
    await page.getByText('release 2023-11').first().waitFor();
    await page.getByText('restart', { exact: true }).first().waitFor();
    assert.deepEqual(complaints, []);
  });

  await t.test('the theme follows the system, and can be chosen', async (t) => {
    const { page, complaints } = await openPage(t, browser, { colorScheme: 'dark' });
    const theme = () => page.locator('html').getAttribute('data-mantine-color-scheme');
    await signIn(page, url);
    assert.equal(await theme(), 'dark');
    await page.getByText('Light', { exact: true }).click();
    assert.equal(await theme(), 'light');
    await page.reload();
    await page.getByRole('heading', { name: 'Cycle 2023-10' }).waitFor();
    assert.equal(await theme(), 'light');
    assert.deepEqual(complaints, []);
  });

  await t.test('everything can be reached by the keyboard', async (t) => {
    const { page } = await openPage(t, browser);
    await signIn(page, `${url}/servers?search=app17`);
    await page.getByRole('link', { name: FAILED_SERVER }).waitFor();
    const focused = () => page.evaluate('document.activeElement.textContent.trim()');
    const walk: unknown[] = [];
    await page.locator('body').press('Tab');
    for (let steps = 0; steps < 30 && (await focused()) !== FAILED_SERVER; steps++) {
      walk.push(await focused());
      await page.keyboard.press('Tab');
    }
    assert.equal(walk[0], 'Skip to the content');
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: FAILED_SERVER }).waitFor();
    await page.getByRole('tab', { name: 'Updates' }).focus();
    await page.keyboard.press('ArrowRight');
    await page.getByText('Windows of the next 8 weeks').waitFor();
  });
});
