/** What a node's process is told when it starts, in its environment. */
export interface NodeSettings {
  readonly redis: string;
  /** The address that all nodes share. */
  readonly url: string;
  readonly chat: 'acs' | 'server';
  readonly emulator: { readonly endpoint: string; readonly connectionString: string };
  readonly allowedOrigins: readonly string[];
}

/** Name of the variable that holds {@link NodeSettings} as JSON. */
export const settingsVariable = 'ONE_SCREEN_NODE';

/** What a node tells the process that started it; `token` asks for what an agent's page gets for its token of Entra. */
export type FromNode =
  | { readonly type: 'listening'; readonly origin: string }
  | { readonly type: 'leads'; readonly leads: boolean }
  | { readonly type: 'token'; readonly id: string; readonly acs: string };

export type ToNode = {
  readonly type: 'token';
  readonly id: string;
  readonly token: string;
  readonly expiresOn: string;
};
