/** Where chosen devices are kept over reloads, such as `localStorage`. */
export interface DeviceStorage {
  getItem(key: string): string | null;
  setItem(key: string, value: string): void;
}

/** What devices need of the page around them. */
export interface DevicePage {
  readonly storage?: DeviceStorage;
  /** For people: how this browser gives a microphone back that was denied. */
  readonly remedy: string;
  /** False where the browser gives no page of this kind a microphone. */
  readonly hasMedia: boolean;
  /** `unknown` where the browser does not say. */
  microphonePermission(): Promise<'granted' | 'denied' | 'prompt' | 'unknown'>;
  /** Calls `run` when the person or the browser gives or takes the microphone, as far as the browser tells. */
  onPermissionChange(run: () => void): () => void;
  online(): boolean;
  /** Whether sound would be heard now. */
  canPlay(): boolean;
  /** Tries to make sound heard; true when it can be. */
  unlock(): Promise<boolean>;
  /** Calls `run` at each click or key until taken back. */
  onGesture(run: () => void): () => void;
}

/** The page this runs in; in Node, one where everything may be done. */
export function systemPage(storage: DeviceStorage | undefined = pageStorage()): DevicePage {
  return {
    ...(storage !== undefined && { storage }),
    remedy: remedyFor(typeof navigator === 'object' ? navigator.userAgent : ''),
    hasMedia: typeof document === 'undefined' || navigator.mediaDevices !== undefined,
    async microphonePermission() {
      if (typeof navigator !== 'object' || navigator.permissions === undefined) return 'unknown';
      try {
        return (await navigator.permissions.query({ name: 'microphone' })).state;
      } catch {
        return 'unknown'; // Not every browser knows the name.
      }
    },
    onPermissionChange(run) {
      if (typeof document === 'undefined' || navigator.permissions === undefined) return () => {};
      const stop = new AbortController();
      navigator.permissions.query({ name: 'microphone' }).then(
        (status) => status.addEventListener('change', run, { signal: stop.signal }),
        () => {}, // Not every browser knows the name.
      );
      return () => stop.abort();
    },
    online: () => typeof navigator !== 'object' || navigator.onLine,
    canPlay() {
      if (typeof document === 'undefined' || typeof AudioContext !== 'function') return true;
      if (navigator.userActivation?.hasBeenActive) return true;
      const context = new AudioContext();
      const running = context.state === 'running';
      void context.close();
      return running;
    },
    async unlock() {
      if (typeof document === 'undefined' || typeof AudioContext !== 'function') return true;
      if (navigator.userActivation?.hasBeenActive) return true;
      const context = new AudioContext();
      // Without a gesture it does not reject but waits for one.
      if (context.state !== 'running' && navigator.userActivation === undefined) await context.resume();
      const running = context.state === 'running';
      await context.close();
      return running;
    },
    onGesture(run) {
      if (typeof document === 'undefined') return () => {};
      const events = ['pointerup', 'keyup'] as const;
      for (const event of events) document.addEventListener(event, run, { capture: true });
      return () => {
        for (const event of events) document.removeEventListener(event, run, { capture: true });
      };
    },
  };
}

function remedyFor(userAgent: string): string {
  if (/Edg\//.test(userAgent))
    return 'choose the lock beside the address, allow the microphone, and load the page anew';
  if (/Firefox\//.test(userAgent))
    return 'choose the crossed-out microphone beside the address and take the block away';
  if (/Chrom(e|ium)\//.test(userAgent)) {
    return 'choose the symbol left of the address, allow the microphone, and load the page anew';
  }
  if (/Safari\//.test(userAgent))
    return 'choose Settings for This Website in the menu of Safari and allow the microphone';
  return "allow the microphone for this page in the browser's settings, and load the page anew";
}

/** Reading `localStorage` throws where the browser forbids it. */
function pageStorage(): DeviceStorage | undefined {
  try {
    return typeof localStorage === 'object' ? localStorage : undefined;
  } catch {
    return undefined;
  }
}
