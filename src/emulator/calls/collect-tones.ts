import type { Cancel } from 'onescreen';
import type { ServerCall } from './server-call';

export interface CollectOptions {
  readonly most: number;
  /** Milliseconds of waiting for the next key. */
  readonly forMs: number;
  /** Milliseconds of waiting for the first one. Default: as for the next. */
  readonly firstMs?: number;
}

export interface CollectedTones {
  /** `gone`: the call has ended, or the participant has left. Never rejects. */
  readonly done: Promise<{ readonly tones: string; readonly end: 'enough' | 'silence' | 'stopped' | 'gone' }>;
  /** Takes down no more. Again, or afterwards: no effect. */
  stop(): void;
}

/** Takes down the keys that one participant presses. */
export function collectTones(
  call: Pick<ServerCall, 'events$'>,
  from: string,
  { most, forMs, firstMs = forMs, later }: CollectOptions & { readonly later: (ms: number, run: () => void) => Cancel },
): CollectedTones {
  let tones = '';
  let stop = () => {};
  const done = new Promise<Awaited<CollectedTones['done']>>((resolve) => {
    const finish = (end: 'enough' | 'silence' | 'stopped' | 'gone') => {
      cancel();
      heard.unsubscribe();
      resolve({ tones, end });
    };
    let cancel = later(firstMs, () => finish('silence'));
    const heard = call.events$.subscribe({
      next: (event) => {
        if (event.kind === 'left' && event.rawId === from) return finish('gone');
        if (event.kind !== 'tone' || event.from !== from) return;
        tones += event.tone;
        if (tones.length >= most) return finish('enough');
        cancel();
        cancel = later(forMs, () => finish('silence'));
      },
      complete: () => finish('gone'),
    });
    stop = () => finish('stopped');
  });
  return { done, stop: () => stop() };
}
