import { Observable, share } from 'rxjs';
import type { Clock } from 'onescreen';

/** Five times a second: enough for a level meter. */
export const sampleMs = 200;

/** What sampling holds while somebody looks. */
export interface Sampling<T> {
  read(): T;
  stop(): void;
}

/** Samples every 200 ms while subscribed, once for however many look; nothing runs otherwise. */
export function sampled<T>(clock: Clock, start: () => Sampling<T>): Observable<T> {
  return new Observable<T>((subscriber) => {
    const sampling = start();
    let cancel = () => {};
    const tick = () => {
      subscriber.next(sampling.read());
      if (!subscriber.closed) cancel = clock.schedule(sampleMs, tick);
    };
    tick();
    return () => {
      cancel();
      sampling.stop();
    };
  }).pipe(share());
}
