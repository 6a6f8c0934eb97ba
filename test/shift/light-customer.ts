import type { ContactCenterServer } from 'onescreen/server';

type Link = Awaited<ReturnType<ContactCenterServer['connect']>>;

/** A customer's page that only speaks: what a desk has to do with it is all that counts. */
export class LightCustomer {
  readonly conversationId: string;
  readonly #channelId: string;
  readonly #link: Link;
  #said = 0;

  private constructor(started: Started, link: Link) {
    this.conversationId = started.conversationId;
    this.#channelId = started.channel.channelId;
    this.#link = link;
  }

  static async start(server: ContactCenterServer, displayName: string): Promise<LightCustomer> {
    const response = await server.handle(
      new Request('http://desk.test/conversations', {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ customer: { displayName }, context: { topic: 'delivery', order: 'A-20417' } }),
      }),
    );
    const started: unknown = await response.json();
    if (!isStarted(started)) throw new Error(`unable to start conversation; the server says ${response.status}`);
    const credentials = { resumeToken: started.resumeToken };
    return new LightCustomer(started, await server.connect({ door: 'customers', credentials, send() {} }));
  }

  /** How many messages it has written. */
  get said(): number {
    return this.#said;
  }

  say(text: string): void {
    this.#said += 1;
    this.#command('message/send', { clientId: `m${this.#said}`, text });
  }

  type(): void {
    this.#link.receive({ type: 'typing', conversationId: this.conversationId, channelId: this.#channelId });
  }

  leave(): void {
    this.#link.disconnected('client namespace disconnect');
  }

  #command(name: string, args: object): void {
    const { conversationId } = this;
    const id = `${name} ${this.#said}`;
    this.#link.receive({ type: 'command', id, name, args: { conversationId, channelId: this.#channelId, ...args } });
  }
}

interface Started {
  readonly conversationId: string;
  readonly resumeToken: string;
  readonly channel: { readonly channelId: string };
}

function isStarted(value: unknown): value is Started {
  return typeof value === 'object' && value !== null && 'conversationId' in value && 'resumeToken' in value;
}
