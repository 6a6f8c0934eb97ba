import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import { playwright } from '@vitest/browser-playwright';
import react from '@vitejs/plugin-react';
import { defineConfig } from 'vitest/config';
import { findExecutable, tools } from './scripts/executables.mjs';
import { chromiumArgs } from './test/chromium.ts';
import { LongestFirst } from './test/longest-first.ts';
import { SummaryReporter } from './test/summary-reporter.ts';

const source = fileURLToPath(new URL('src', import.meta.url));

/** Tests see the sources under the package's own name; only packaging tests see what was built. */
const alias = [
  { find: /^onescreen$/, replacement: `${source}/index.ts` },
  { find: /^onescreen\/(.+)$/, replacement: `${source}/$1/index.ts` },
];

/** The hooks' tests run once more with React 18, whose packages have other names here. */
const react18 = [
  { find: /^react(\/.+)?$/, replacement: 'react-18$1' },
  { find: /^react-dom(\/.+)?$/, replacement: 'react-dom-18$1' },
];

/** What the sources and the tests that run in the browser import. */
const browserPackages = [
  'react',
  'react/jsx-runtime',
  'react/jsx-dev-runtime',
  'react-dom/client',
  'rxjs',
  'dompurify',
  'socket.io-client',
  '@azure/communication-chat',
  '@azure/communication-common',
];

/** Of the sample app, whose tests run with its own React alone. */
const samplePackages = [
  '@fluentui/react-components',
  ...['delete', 'edit', 'more-horizontal'].map((icon) => `@fluentui/react-icons/svg/${icon}`),
];

/** Left to itself, vitest has one worker on two processors. */
const maxWorkers = Math.max(2, availableParallelism() - 1);

const chromium = findExecutable(tools.chromium);

/** Made anew for each project: vitest writes into it. */
const browser = () => ({
  enabled: true,
  headless: true,
  screenshotFailures: false,
  api: { host: '127.0.0.1' },
  provider: playwright({
    launchOptions: {
      args: [...chromiumArgs],
      ...(chromium !== undefined && { executablePath: chromium }),
    },
  }),
  instances: [{ browser: 'chromium' as const }],
});

export default defineConfig({
  test: {
    reporters: ['default', new SummaryReporter()],
    sequence: { sequencer: LongestFirst },
    projects: [
      {
        resolve: { alias },
        test: {
          name: 'node',
          include: ['test/**/*.test.ts'],
          exclude: [
            'test/chaos/**',
            'test/races/**',
            'test/handovers/**',
            'test/call-events/**',
            'test/redis/**',
            'test/server/cluster/*kill*.test.ts',
            'test/e2e/**',
            'test/packaging/**',
            'test/**/*.browser.test.*',
          ],
          testTimeout: 60_000,
          // A machine that is busy takes its time.
          expect: { poll: { timeout: 10_000 } },
          maxWorkers,
          sequence: { groupOrder: 0 },
        },
      },
      {
        resolve: { alias },
        plugins: [react()],
        // Found only when a test asks, they would be bundled anew beside what runs already: two Reacts in one page.
        optimizeDeps: { include: [...browserPackages, ...samplePackages] },
        test: {
          name: 'browser',
          include: ['test/**/*.browser.test.{ts,tsx}'],
          provide: { reactMajor: 19 },
          globalSetup: ['test/emulator/emulator-desk.ts'],
          testTimeout: 30_000,
          sequence: { groupOrder: 1 },
          browser: browser(),
        },
      },
      {
        resolve: { alias: [...alias, ...react18] },
        plugins: [react()],
        cacheDir: 'node_modules/.vite-react-18',
        optimizeDeps: { include: browserPackages },
        test: {
          name: 'react-18',
          include: ['test/react/**/*.browser.test.tsx'],
          provide: { reactMajor: 18 },
          testTimeout: 30_000,
          sequence: { groupOrder: 1 },
          browser: browser(),
        },
      },
      {
        resolve: { alias },
        // Child processes take every processor: by itself, so that it slows nothing that runs in real time.
        test: {
          name: 'chaos',
          include: [
            'test/{chaos,races,handovers,call-events,redis}/**/*.test.ts',
            'test/server/cluster/*kill*.test.ts',
          ],
          testTimeout: 60_000,
          maxWorkers: 1,
          fileParallelism: false,
          sequence: { groupOrder: 4 },
        },
      },
      {
        resolve: { alias },
        test: {
          name: 'e2e',
          include: ['test/e2e/**/*.e2e.test.ts'],
          globalSetup: ['test/e2e/built-pages.ts'],
          testTimeout: 120_000,
          hookTimeout: 120_000,
          maxWorkers: 1,
          fileParallelism: false,
          sequence: { groupOrder: 2 },
        },
      },
      {
        test: {
          name: 'packaging',
          include: ['test/packaging/**/*.test.ts'],
          globalSetup: ['test/packaging/packed.ts'],
          testTimeout: 180_000,
          hookTimeout: 180_000,
          maxWorkers,
          sequence: { groupOrder: 3 },
        },
      },
    ],
  },
});
