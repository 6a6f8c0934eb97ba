import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { expect, onTestFinished, test } from 'vitest';
import { launchChromium } from '../chromium';
import { AgentScreen } from './agent-screen';
import { openCalmPage } from './calm-page';

/** `npm start` in a process group of its own, as a terminal would run it. */
function npmStart() {
  const child = spawn('npm', ['start'], { detached: true, stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (output += chunk.toString()));
  const exit = once(child, 'exit');
  return {
    async url(): Promise<string> {
      const found = () => /Agent's screen\s+(http:\S+)/.exec(output)?.[1];
      await expect.poll(found, { timeout: 60_000 }).toBeDefined();
      return found() ?? '';
    },
    /** Ctrl-C, and the end that it leads to. Who answers for the exit code, npm or its shell, differs. */
    async interrupt(): Promise<void> {
      if (child.pid !== undefined && child.exitCode === null) process.kill(-child.pid, 'SIGINT');
      await exit;
      await expect.poll(() => output, { timeout: 20_000 }).toContain('Ended.');
    },
  };
}

test('npm start brings a scripted customer to the screen with no click, and Ctrl-C ends it', async () => {
  const browser = await launchChromium();
  onTestFinished(() => browser.close());
  const started = npmStart();
  let url = '';
  try {
    url = await started.url();
    const agent = new AgentScreen(await openCalmPage(browser, url));
    await agent.accept.first().waitFor({ timeout: 60_000 });
    await agent.accept.first().click();
    await agent.timeline.locator('[data-message]').first().waitFor();
    await agent.send('Good morning, how can I help?');
    // Scripted customers think a while before they answer.
    await expect.poll(async () => (await agent.messages()).length, { timeout: 60_000 }).toBeGreaterThan(2);
    expect((await agent.messages()).slice(1, 2)).toEqual(['Good morning, how can I help?']);
    agent.expectCalm();
  } finally {
    await started.interrupt();
  }
  await expect(fetch(url)).rejects.toThrow();
});
