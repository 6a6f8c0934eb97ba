import type { Browser, BrowserContext, Page } from 'playwright';
import { expect } from 'vitest';

/** A page of its own profile that must stay calm: no console errors, no uncaught errors, nobody outside asked. */
export interface CalmPage {
  readonly page: Page;
  /** Fails when something was wrong so far that does not match `expected`. */
  expectCalm(expected?: RegExp): void;
  close(): Promise<void>;
}

/** `beside`: in the profile of another page. `before` runs before the page is asked for. */
export interface CalmPageOptions {
  readonly beside?: Page;
  readonly before?: (page: Page) => Promise<unknown>;
}

export async function openCalmPage(browser: Browser, url: string, options: CalmPageOptions = {}): Promise<CalmPage> {
  const { beside, before } = options;
  const context: BrowserContext =
    beside?.context() ?? (await browser.newContext({ viewport: { width: 1360, height: 850 } }));
  const page = await context.newPage();
  page.setDefaultTimeout(30_000);
  const complaints: string[] = [];
  page.on('console', (message) => {
    if (message.type() === 'error') complaints.push(`console: ${message.text()} ${message.location().url}`);
  });
  page.on('pageerror', (error) => complaints.push(`uncaught: ${error.message}`));
  page.on('request', (request) => checkHost(request.url()));
  page.on('websocket', (socket) => checkHost(socket.url()));
  const checkHost = (address: string) => {
    const { protocol, hostname } = new URL(address);
    if (protocol === 'data:' || protocol === 'blob:') return;
    if (hostname !== '127.0.0.1') complaints.push(`outside: ${address}`);
  };
  await before?.(page);
  await page.goto(url);
  return {
    page,
    expectCalm: (expected) => expect(complaints.filter((complaint) => expected?.test(complaint) !== true)).toEqual([]),
    close: () => (beside === undefined ? context.close() : page.close()),
  };
}
