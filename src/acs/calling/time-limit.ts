import type { Clock } from 'onescreen';

/** `work`, or what `late` says when it is not done within `limitMs`; what becomes of it afterwards is nobody's. */
export function timeLimit<T>(clock: Clock, limitMs: number, work: Promise<T>, late: () => T | Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const cancel = clock.schedule(limitMs, () => {
      try {
        resolve(late());
      } catch (error) {
        reject(error);
      }
    });
    work.finally(cancel).then(resolve, reject);
  });
}
