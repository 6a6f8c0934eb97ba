import { inspect } from 'node:util';
import { vi } from 'vitest';
import type { Logger } from 'onescreen/server';

/** What must never be logged: marks that look like what they stand for. */
export const canaries = {
  token: 'eyJhbGciOiJIUzI1NiJ9.eyJjYW5hcnkiOiJvbmVzY3JlZW4ifQ.c2lnbmF0dXJlLW9mLWEtY2FuYXJ5LXRva2Vu',
  phone: '+14155550142',
  body: 'canary body: my card is 4111',
  name: 'Canary Customer',
} as const;

/** Collects everything that is said anywhere: loggers, warnings, the console, standard output and error. */
export function listenToLogs() {
  const said: string[] = [];
  const note = (...parts: readonly unknown[]) =>
    void said.push(parts.map((part) => (typeof part === 'string' ? part : inspect(part, { depth: 8 }))).join(' '));
  const logger: Logger = { debug: note, info: note, warn: note, error: note };
  const spies = [
    ...(['debug', 'info', 'log', 'warn', 'error', 'trace'] as const).map((name) =>
      vi.spyOn(console, name).mockImplementation(note),
    ),
    ...[process.stdout, process.stderr].map((stream) =>
      vi.spyOn(stream, 'write').mockImplementation((chunk) => {
        note(String(chunk));
        return true;
      }),
    ),
  ];
  const onError = (error: unknown) => note('unhandled', error);
  process.on('unhandledRejection', onError);
  return {
    said,
    note,
    logger,
    stop() {
      process.off('unhandledRejection', onError);
      for (const spy of spies) spy.mockRestore();
    },
  };
}

/** What of the canaries is in a text, encoded or not. */
export function found(text: string): readonly string[] {
  const [, payload = '', signature = ''] = canaries.token.split('.');
  const marks = {
    token: [payload, signature],
    phone: [canaries.phone.slice(1), '4155550142'],
    body: ['my card is', 'canary%20body', 'canary body', Buffer.from(canaries.body).toString('base64')],
    name: [canaries.name, encodeURIComponent(canaries.name)],
  };
  return Object.entries(marks).flatMap(([name, parts]) => (parts.some((part) => text.includes(part)) ? [name] : []));
}
