import { delay, systemClock } from 'onescreen';
import type { EmulatorCore, PhoneCall } from 'onescreen/emulator';
import { seededRandom } from 'onescreen/testing';
import { phoneNumber } from './contact-center';

/** Milliseconds between one call's end and the next. */
const pauseMs = { first: 4_000, least: 15_000, most: 45_000 };
const names = ['Lena Hoffmann', 'Marek Nowak', 'Aisha Rahman', 'Tomás Silva', 'Ingrid Berg'];

/** Simulated people who ring the contact center, one at a time, and speak. */
export function startCallers(emulator: EmulatorCore): { close(): void } {
  const random = seededRandom(systemClock.now());
  const closing = new AbortController();
  let call: PhoneCall | undefined;
  void (async () => {
    await delay(systemClock, pauseMs.first, closing.signal);
    for (let turn = 0; ; turn++) {
      call = emulator.phones.callFrom(`+4915100000${String(turn % 100).padStart(2, '0')}`, {
        to: phoneNumber,
        displayName: names[turn % names.length] ?? 'Caller',
      });
      await ended(call, closing.signal);
      const pause = pauseMs.least + random.next() * (pauseMs.most - pauseMs.least);
      await delay(systemClock, pause, closing.signal);
    }
  })().catch(() => {});
  return {
    close() {
      closing.abort();
      call?.hangUp();
    },
  };
}

function ended(call: PhoneCall, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const subscription = call.state$.subscribe(({ status }) => {
      if (status === 'ended') resolve();
    });
    signal.addEventListener(
      'abort',
      () => {
        subscription.unsubscribe();
        reject(signal.reason);
      },
      { once: true },
    );
  });
}
