type Given<T> = { readonly [K in keyof T]?: Exclude<T[K], undefined> };

/** `fields` without those that are undefined. */
export function given<T extends object>(fields: T): Given<T>;
export function given(fields: object): object {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));
}
