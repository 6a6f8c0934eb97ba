/**
 * Makes something once for each object, and keeps it as long as the object: all components that show a task then share one
 * view of it, whose value stays the same object until something in it changed.
 */
export function shared<Key extends object, T>(
  make: (key: Key) => T,
): { (key: Key): T; (key: Key | undefined): T | undefined } {
  const made = new WeakMap<Key, { readonly it: T }>();
  function of(key: Key): T;
  function of(key: Key | undefined): T | undefined;
  function of(key: Key | undefined): T | undefined {
    if (key === undefined) return undefined;
    const known = made.get(key);
    if (known !== undefined) return known.it;
    const it = make(key);
    made.set(key, { it });
    return it;
  }
  return of;
}
