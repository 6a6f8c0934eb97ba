import { createServer } from 'node:http';
import { fileURLToPath } from 'node:url';
import type { Browser } from 'playwright';
import { listen } from '../../examples/one-screen/server/listen';
import { createPages } from '../../examples/one-screen/server/pages';
import { startDemo, type DemoOptions } from '../../examples/one-screen/server/start-demo';
import { launchChromium } from '../chromium';
import { checked } from '../emulator/checked-emulator';
import { AgentScreen } from './agent-screen';
import { openCalmPage, type CalmPage } from './calm-page';
import { CustomerPage } from './customer-page';

/** The example with its emulator and control plane, customers' pages of another origin, and a browser. */
export interface Stage {
  readonly url: string;
  openAgent(name: 'ada' | 'grace'): Promise<AgentScreen>;
  /** A page with the unmodified official chat client, or with CustomerClient over `serverChat()`. */
  openCustomer(kind: 'official' | 'hosted'): Promise<CustomerPage>;
  open(path: string): Promise<CalmPage>;
  close(): Promise<void>;
}

export async function setStage(options: DemoOptions = {}): Promise<Stage> {
  const http = createServer();
  const pages = await createPages({ http, folder: fileURLToPath(new URL('pages', import.meta.url)), watch: false });
  http.on('request', pages.middlewares);
  const origin = await listen(http, 0, false);
  // The script changes more messages in ten seconds than ACS lets a person; the bare client does not wait for its turn.
  const emulation = { ...checked, limits: { rates: false } } as const;
  const demo = await startDemo({ emulation, ...options, allowedOrigins: [origin], watch: false });
  const browser: Browser = await launchChromium();
  const open = (url: string) => openCalmPage(browser, url);
  return {
    url: demo.url,
    openAgent: async (name) => new AgentScreen(await open(`${demo.url}/?agent=${name}`)),
    openCustomer: async (kind) =>
      CustomerPage.ready(await open(`${origin}/${kind}.html?server=${encodeURIComponent(demo.url)}`)),
    open: (path) => open(`${demo.url}${path}`),
    async close() {
      await browser.close();
      await demo.close();
      await pages.close();
      http.closeAllConnections();
      await new Promise((resolve) => http.close(resolve));
    },
  };
}
