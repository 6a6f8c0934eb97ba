import type {
  CorsMode,
  EmulatorSnapshot,
  IssuedToken,
  LimitOptions,
  RequestFaultRule,
  Scope,
} from 'onescreen/emulator';

export interface RemoteEmulatorOptions {
  readonly https?: boolean;
  readonly cors?: CorsMode;
  readonly limits?: LimitOptions;
}

/** An emulator that may be in another process, with its control surface. */
export interface RemoteEmulator {
  readonly endpoint: string;
  readonly connectionString: string;
  readonly control: (method: 'GET' | 'POST' | 'DELETE', path: string, body?: object) => Promise<unknown>;
  /** Ends it and tells what was wrong with its answers. */
  close(): Promise<readonly string[]>;
}

/** The control surface with names. */
export function controlOf({ control }: RemoteEmulator) {
  return {
    state: async () => (await control('GET', '/state')) as EmulatorSnapshot,
    unknown: async () => ((await control('GET', '/unknown')) as { readonly value: readonly unknown[] }).value,
    log: async () =>
      ((await control('GET', '/log')) as { readonly value: readonly { kind: string; outcome?: unknown }[] }).value,
    createUser: async () => ((await control('POST', '/users')) as { readonly id: string }).id,
    issueToken: async (user: string, options: { readonly scopes?: readonly Scope[]; readonly lifeMs?: number } = {}) =>
      (await control('POST', '/tokens/issue', { user, ...options })) as IssuedToken,
    revoke: (user: string) => control('POST', '/tokens/expire', { user }),
    fail: (rule: RequestFaultRule) => control('POST', '/faults/requests', rule),
    clearFaults: () => control('POST', '/faults/clear'),
    dropSockets: () => control('POST', '/sockets/drop'),
  };
}
