/** What a test makes a customer's page do and asks it about, whatever client the page uses. */
export interface CustomerHands {
  start(customer: { readonly displayName: string; readonly context?: Readonly<Record<string, string>> }): Promise<void>;
  /** Resolves with the message's id. */
  send(text: string): Promise<string>;
  sendHtml(html: string): Promise<string>;
  edit(id: string, text: string): Promise<void>;
  delete(id: string): Promise<void>;
  typing(): Promise<void>;
  markRead(): Promise<void>;
  /** Every message of the chat as this client has it now, oldest first. */
  messages(): Promise<readonly CustomerMessage[]>;
  /** What this client was told as it happened, in order. */
  told(): readonly Told[];
}

export interface CustomerMessage {
  readonly text: string;
  readonly own: boolean;
  readonly edited: boolean;
  readonly deleted: boolean;
}

export type Told =
  | { readonly type: 'message'; readonly text: string }
  | { readonly type: 'edited'; readonly text: string }
  | { readonly type: 'deleted' }
  | { readonly type: 'typing' }
  | { readonly type: 'read' }
  | { readonly type: 'ended' };

declare global {
  interface Window {
    customer: CustomerHands;
  }
}

/** The control plane's address, from the page's own. */
export function controlPlaneAddress(): string {
  const server = new URLSearchParams(location.search).get('server');
  if (server === null) throw new Error('the page needs ?server=');
  return server;
}
