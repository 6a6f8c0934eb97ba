import { ContactCenterError, type Clock, type Random, type Tokens } from 'onescreen';
import { TokenBridge, type AcsCredential } from '../credential';
import { routeTo, type Route } from './loopback-policy';
import type { AcsChatClient, AcsChatModule } from './official-client';
import { RealtimeStream } from './realtime';

export interface ConnectionOptions {
  readonly endpoint: string;
  readonly tokens: Tokens;
  readonly clock: Clock;
  readonly random: Random;
  readonly realtime: boolean;
  readonly loadChat: () => Promise<AcsChatModule>;
}

/** One user at one ACS resource: the official client for requests, and one stream however many threads are open. */
export class AcsConnection {
  readonly tokens: TokenBridge;
  readonly #options: ConnectionOptions;
  readonly #route: Route;
  #client: Promise<AcsChatClient> | undefined;
  #stream: RealtimeStream | undefined;

  /** @throws ContactCenterError `command/invalid` when the endpoint cannot be used */
  constructor(options: ConnectionOptions) {
    this.#options = options;
    this.#route = routeTo(options.endpoint);
    this.tokens = new TokenBridge(options.tokens, 'chat');
  }

  /** The client for requests. @throws ContactCenterError `provider/missing`; asked again, it is loaded again */
  client(): Promise<AcsChatClient> {
    this.#client ??= this.#create(this.tokens.forRequests()).catch((error: unknown) => {
      this.#client = undefined;
      throw error;
    });
    return this.#client;
  }

  /** The live stream; undefined where there is none. Started at the first call. */
  stream(): RealtimeStream | undefined {
    if (!this.#options.realtime) return undefined;
    this.#stream ??= new RealtimeStream({
      clock: this.#options.clock,
      random: this.#options.random,
      createClient: () => this.#create(this.tokens.forRealtime()),
      renewToken: () => this.tokens.renew(),
    });
    return this.#stream;
  }

  async close(): Promise<void> {
    await this.#stream?.close();
  }

  async #create(credential: AcsCredential): Promise<AcsChatClient> {
    const { ChatClient } = await this.#load();
    return new ChatClient(this.#route.endpoint, credential, this.#route.options);
  }

  async #load(): Promise<AcsChatModule> {
    try {
      return await this.#options.loadChat();
    } catch (cause) {
      throw new ContactCenterError('provider/missing', 'unable to open chat; @azure/communication-chat did not load', {
        retryable: true,
        cause,
      });
    }
  }
}
