import { createServer } from 'node:http';
import type { Browser } from 'playwright';
import { inject } from 'vitest';
import { listen } from '../../examples/one-screen/server/listen';
import { startDemo, type Demo, type DemoOptions } from '../../examples/one-screen/server/start-demo';
import { launchChromium } from '../chromium';
import { checked } from '../emulator/checked-emulator';
import { AgentScreen } from './agent-screen';
import { hearsCalls } from './call-hearing';
import { openCalmPage, type CalmPage, type CalmPageOptions } from './calm-page';
import { CustomerPage } from './customer-page';
import { servePages } from './serve-pages';

/** The example with its emulator and control plane, customers' pages of another origin, and a browser. */
export interface Stage {
  readonly url: string;
  readonly demo: Demo;
  openAgent(name: 'ada' | 'grace', options?: CalmPageOptions): Promise<AgentScreen>;
  /** A page with the unmodified official chat client, or with CustomerClient over `serverChat()`. */
  openCustomer(kind: 'official' | 'hosted'): Promise<CustomerPage>;
  open(path: string): Promise<CalmPage>;
  /** A page of the tests' own, of another origin. */
  openPage(path: string, options?: CalmPageOptions): Promise<CalmPage>;
  close(): Promise<void>;
}

export interface StageOptions extends DemoOptions {
  /** The browser has a microphone, and its pages tell what they hear. Default false. */
  readonly calls?: boolean;
}

/** A microphone that beeps once a second and that every page may use, and media between this machine's processes. */
const callArgs = [
  '--use-fake-ui-for-media-stream',
  '--use-fake-device-for-media-stream',
  '--allow-loopback-in-peer-connection',
];

export async function setStage({ calls = false, ...options }: StageOptions = {}): Promise<Stage> {
  const builtPages = inject('builtPages');
  const http = createServer(servePages(builtPages.ofTests).middlewares);
  const origin = await listen(http, 0, false);
  // The script changes more messages in ten seconds than ACS lets a person; the bare client does not wait for its turn.
  const emulation = { ...checked, limits: { rates: false } } as const;
  const demo = await startDemo({
    ...{ emulation, ...options, allowedOrigins: [origin] },
    pages: servePages(builtPages.example),
  });
  const browser: Browser = await launchChromium({ args: calls ? callArgs : [] });
  const open = (url: string, { before, ...rest }: CalmPageOptions = {}) =>
    openCalmPage(browser, url, {
      ...rest,
      async before(page) {
        if (calls) await hearsCalls(page);
        await before?.(page);
      },
    });
  return {
    url: demo.url,
    demo,
    openAgent: async (name, more) => new AgentScreen(await open(`${demo.url}/?agent=${name}`, more)),
    openCustomer: async (kind) =>
      CustomerPage.ready(await open(`${origin}/${kind}.html?server=${encodeURIComponent(demo.url)}`)),
    open: (path) => open(`${demo.url}${path}`),
    openPage: (path, more) => open(`${origin}${path}`, more),
    async close() {
      await browser.close();
      await demo.close();
      http.closeAllConnections();
      await new Promise((resolve) => http.close(resolve));
    },
  };
}
