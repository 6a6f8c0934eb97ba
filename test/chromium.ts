import { chromium, type Browser, type LaunchOptions } from 'playwright';
import { findExecutable, tools } from '../scripts/executables.mjs';

/** What lets Debian's Chromium run headless, as root, and without asking anything outside the machine. */
export const chromiumArgs: readonly string[] = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** The path of this machine's Chromium. Throws, saying what to run, when there is none. */
export function findChromium(): string {
  const path = findExecutable(tools.chromium);
  if (path === undefined) throw new Error('unable to find a Chromium; run `node scripts/prerequisites.mjs`');
  return path;
}

/** Starts this machine's Chromium for a test that drives it; `options.args` come after the usual ones. */
export function launchChromium(options: LaunchOptions = {}): Promise<Browser> {
  return chromium.launch({
    ...options,
    executablePath: findChromium(),
    args: [...chromiumArgs, ...(options.args ?? [])],
  });
}
