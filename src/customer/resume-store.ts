/** As much of a web `Storage` as is used. */
export type ResumeStorageArea = Pick<Storage, 'getItem' | 'setItem' | 'removeItem'>;

/** Holds one resume token. */
export interface ResumeStore {
  get(): string | undefined;
  set(token: string | undefined): void;
}

/** A token in `area` under `key`. A page without storage, or one that denies it, keeps it in memory. */
export function resumeStore(key: string, area: ResumeStorageArea | null | undefined): ResumeStore {
  const storage = area === undefined ? pageStorage() : area;
  let held: string | undefined;
  return {
    get() {
      try {
        return storage?.getItem(key) ?? held;
      } catch {
        return held;
      }
    },
    set(token) {
      held = token;
      try {
        if (token === undefined) storage?.removeItem(key);
        else storage?.setItem(key, token);
      } catch {
        // Denied or full: the page still works, a reload starts anew.
      }
    },
  };
}

/** Reading the property alone throws where a browser blocks storage. */
function pageStorage(): ResumeStorageArea | null {
  try {
    return typeof sessionStorage === 'undefined' ? null : sessionStorage;
  } catch {
    return null;
  }
}
