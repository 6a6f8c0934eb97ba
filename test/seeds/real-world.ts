import { Socket } from 'node:net';

const caught: unknown[] = [];

/** Errors that nobody caught since last asked. */
export type Uncaught = () => readonly unknown[];

/** What nobody has caught in this process, or what has reached for real time or chance, since last asked. */
export function uncaughtErrors(): readonly unknown[] {
  return caught.splice(0);
}

/**
 * Shuts the real world out of this process: no network, no timer, no clock and no chance but those that are injected.
 * Whoever reaches for one is told of as an error that nobody has caught.
 */
export function shutRealWorldOut(): void {
  process.on('unhandledRejection', (reason) => caught.push(reason));
  process.on('uncaughtException', (error) => caught.push(error));
  const refuse = (what: string) => (): never => {
    const error = new Error(`unable to use ${what}; everything here runs on virtual time`);
    caught.push(error);
    throw error;
  };
  // RxJS reports what a subscriber throws from a timer of its own.
  const report = (run: () => void, ms = 0) => {
    if (ms > 0) refuse(`a timer of ${ms} ms`)();
    setImmediate(run);
  };
  const values = { setTimeout: report, setInterval: refuse('setInterval') };
  for (const [name, value] of Object.entries(values)) replace(globalThis, name, value);
  replace(Date, 'now', refuse('Date.now'));
  replace(Math, 'random', refuse('Math.random'));
  replace(crypto, 'randomUUID', refuse('crypto.randomUUID'));
  allowMicrophone();
  Socket.prototype.connect = refuse('the network');
}

/** Makes this process one whose pages may use the microphone. */
export function allowMicrophone(): void {
  const permissions = { query: async () => ({ state: 'granted' }) };
  replace(globalThis, 'navigator', { permissions, onLine: true, userAgent: 'Chrome/156.0' });
}

function replace(target: object, name: string, value: unknown): void {
  Object.defineProperty(target, name, { value, configurable: true, writable: true });
}
