import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import type { Bundle } from './bundle';

/** What a child process is asked to play, as its arguments. */
export type Job = readonly ['seeds' | 'calm', ...string[]] | readonly ['scenario', string];

/** Runs one child process and yields the lines that it prints, each JSON. Rejects when it ends otherwise than well. */
export async function* runChild(bundle: Bundle, job: Job): AsyncGenerator<unknown, void> {
  const child = spawn(
    process.execPath,
    ['--enable-source-maps', '--max-semi-space-size=64', bundle.child, bundle.official, ...job],
    {
      stdio: ['ignore', 'pipe', 'pipe'],
    },
  );
  let complaint = '';
  child.stderr.on('data', (text) => (complaint = `${complaint}${text}`.slice(-4_000)));
  const ended = new Promise<number | null>((resolve) => child.once('close', resolve));
  try {
    for await (const line of createInterface({ input: child.stdout })) yield JSON.parse(line);
    const code = await ended;
    if (code !== 0) throw new Error(`the child process that played ${job.join(' ')} ended with ${code}: ${complaint}`);
  } finally {
    child.kill();
  }
}
