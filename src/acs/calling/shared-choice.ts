import type { DeviceStorage } from './device-page';

export type AudioKind = 'microphone' | 'speaker';
type Listener = (kind: AudioKind, id: string) => void;

/** Who on this page keeps choices in the same storage. */
const listeners = new WeakMap<DeviceStorage, Set<Listener>>();

/** Calls and meetings have clients of their own: what is chosen for one is chosen for the other, now and not only later. */
export function shareChoice(
  storage: DeviceStorage | undefined,
  chosen: Listener,
): { tell(kind: AudioKind, id: string): void; stop(): void } {
  if (storage === undefined) return { tell() {}, stop() {} };
  const all = listeners.get(storage) ?? new Set();
  listeners.set(storage, all.add(chosen));
  return {
    tell(kind, id) {
      for (const other of [...all]) if (other !== chosen) other(kind, id);
    },
    stop: () => void all.delete(chosen),
  };
}
