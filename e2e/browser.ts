import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core';

const PLACES = [
  process.env.ST_CHROMIUM,
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/opt/google/chrome/chrome',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  'C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe',
];
const ARGUMENTS = [
  '--disable-gpu',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--no-first-run',
];

/** Where this machine has a browser; `ST_CHROMIUM` names another. */
const executablePath = PLACES.find((path) => path !== undefined && existsSync(path));

/** Why browser tests are skipped; false where they run. */
export const skip = reasonToSkip();

/** A page which ends with the test. */
export interface WatchedPage {
  readonly page: Page;
  /** Console errors, uncaught exceptions and violations of the content security policy. */
  readonly complaints: string[];
}

/** A browser that ends with the test. */
export async function openBrowser(t: TestContext): Promise<Browser> {
  if (executablePath === undefined) throw new Error('no browser');
  // Chromium refuses its sandbox to root.
  const chromiumSandbox = process.getuid?.() !== 0;
  const browser = await chromium.launch({ executablePath, chromiumSandbox, args: ARGUMENTS });
  t.after(() => browser.close());
  return browser;
}

/** Opens a page with cookies of its own; its errors are gathered, since a screen that looks right may still have some. */
export async function openPage(
  t: TestContext,
  browser: Browser,
  options: BrowserContextOptions = {},
): Promise<WatchedPage> {
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 }, locale: 'en-GB', ...options });
  t.after(() => context.close());
  const page = await context.newPage();
  const complaints: string[] = [];
  page.on('console', (message) => void (message.type() === 'error' && complaints.push(message.text())));
  page.on('pageerror', (error) => void complaints.push(error.message));
  await page.exposeFunction('reportViolation', (text: string) => void complaints.push(text));
  await page.addInitScript(`addEventListener('securitypolicyviolation', (event) =>
    reportViolation('policy: ' + event.violatedDirective + ' blocked ' + event.blockedURI))`);
  return { page, complaints };
}

function reasonToSkip(): string | false {
  if (executablePath === undefined) return 'no Chromium or Chrome was found; ST_CHROMIUM names one';
  const built = existsSync(join(import.meta.dirname, '../dist/console/index.html'));
  return !built && 'the console is not built; npm test builds it';
}
