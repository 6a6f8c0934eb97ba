import {
  ContactCenterError,
  delay,
  isContactCenterError,
  toContactCenterError,
  type AccessToken,
  type Environment,
  type Labels,
} from 'onescreen';
import type { WaitEstimate } from '../protocol/wait-estimate';
import type { StartedConversation } from './customer-conversation';

/** Tries of one request, and milliseconds before the second; each further one waits twice as long. */
const tries = 5;
const firstRetryMs = 500;

interface StartRequest {
  readonly displayName: string;
  readonly id?: string;
  readonly queueId?: string;
  readonly context?: Labels;
  readonly provider?: string;
  /** Default `chat`. */
  readonly channel?: string;
}

/** The kind of a channel, and the name of its provider. */
export interface ServedBy {
  readonly channelId: string;
  readonly channel: string;
  readonly provider: string;
  readonly providerRefs: Readonly<Record<string, string>>;
}

interface StartAnswer extends StartedConversation {
  readonly channel?: ServedBy;
}

/** About whom a page asks that has started nothing. */
export interface WaitRequest {
  /** Left out: the server's first queue. */
  readonly queueId?: string;
  /** Such as `chat` or `voice`. Left out: that of the server's first host. */
  readonly channel?: string;
}

interface CustomerRequest {
  /** Default `POST`. */
  readonly method?: 'GET';
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly signal: AbortSignal;
}

/** The customer's requests to the server, tried again while that may help. */
export class CustomerRequests {
  readonly #server: string;
  readonly #environment: Environment;
  readonly #fetch: typeof fetch;

  constructor(server: string, environment: Environment, fetch: typeof globalThis.fetch) {
    this.#server = server;
    this.#environment = environment;
    this.#fetch = fetch;
  }

  async start(
    { displayName, id, queueId, context, provider, channel = 'chat' }: StartRequest,
    signal: AbortSignal,
  ): Promise<StartAnswer> {
    const body = {
      customer: { displayName, ...(id !== undefined && { id }) },
      ...(queueId !== undefined && { queueId }),
      ...(context !== undefined && { context }),
      ...(provider !== undefined && { provider }),
      channel,
    };
    // One key for all tries: the server starts one conversation, whichever try got through.
    const headers = { 'content-type': 'application/json', 'idempotency-key': this.#environment.random.id() };
    const answer = await this.#send('/conversations', 'start chat', {
      ...{ headers, signal, body: JSON.stringify(body) },
    });
    if (isStartAnswer(answer)) return answer;
    throw unexpected('start chat');
  }

  async wait({ queueId, channel }: WaitRequest, signal: AbortSignal): Promise<WaitEstimate> {
    const query = new URLSearchParams({
      ...(queueId !== undefined && { queueId }),
      ...(channel !== undefined && { channel }),
    });
    const answer = await this.#send(`/conversations/wait?${query}`, 'estimate wait', { method: 'GET', signal });
    if (isWaitEstimate(answer)) return answer;
    throw unexpected('estimate wait');
  }

  /** Ends the chat for good. */
  async end({ conversationId, resumeToken }: StartedConversation, signal: AbortSignal): Promise<void> {
    const path = `/conversations/${encodeURIComponent(conversationId)}/end`;
    await this.#send(path, 'end chat', { headers: { authorization: `Bearer ${resumeToken}` }, signal });
  }

  async token(
    { conversationId, resumeToken }: StartedConversation,
    signal: AbortSignal,
    audience = 'chat',
  ): Promise<AccessToken> {
    const path = `/conversations/${encodeURIComponent(conversationId)}/tokens`;
    const headers = { authorization: `Bearer ${resumeToken}`, 'content-type': 'application/json' };
    const body = JSON.stringify({ audience });
    const answer = await this.#send(path, 'get a token', { headers, body, signal });
    if (isAccessToken(answer)) return answer;
    throw unexpected('get a token');
  }

  /** Rejects with the signal's reason once that is aborted. */
  async #send(path: string, what: string, init: CustomerRequest): Promise<unknown> {
    const { clock, random } = this.#environment;
    for (let attempt = 1; ; attempt++) {
      try {
        return await this.#once(path, what, init);
      } catch (error) {
        init.signal.throwIfAborted();
        if (!isContactCenterError(error) || !error.retryable || attempt === tries) throw error;
        const backOff = firstRetryMs * 2 ** (attempt - 1) * (0.5 + random.next() / 2);
        await delay(clock, Math.max(backOff, error.retryAfterMs ?? 0), init.signal);
      }
    }
  }

  async #once(path: string, what: string, init: CustomerRequest): Promise<unknown> {
    const failed = `unable to ${what}; the server cannot be reached`;
    const response = await this.#fetch(`${this.#server}${path}`, {
      method: 'POST',
      credentials: 'omit',
      ...init,
    }).catch((cause: unknown) => {
      throw new ContactCenterError('session/offline', failed, { retryable: true, cause });
    });
    const answer: unknown = await response.json().catch(() => undefined);
    if (response.ok) return answer;
    throw errorOf(answer) ?? new ContactCenterError('session/offline', failed, { retryable: response.status >= 500 });
  }
}

function errorOf(answer: unknown): ContactCenterError | undefined {
  const error = typeof answer === 'object' && answer !== null && 'error' in answer ? answer.error : undefined;
  if (typeof error !== 'object' || error === null || !('code' in error) || typeof error.code !== 'string')
    return undefined;
  const message = 'message' in error && typeof error.message === 'string' ? error.message : error.code;
  return new ContactCenterError(error.code, message, {
    retryable: 'retryable' in error && error.retryable === true,
    ...('field' in error && typeof error.field === 'string' && { field: error.field }),
    ...('correlationId' in error && typeof error.correlationId === 'string' && { correlationId: error.correlationId }),
    ...('retryAfterMs' in error && typeof error.retryAfterMs === 'number' && { retryAfterMs: error.retryAfterMs }),
  });
}

function isStartAnswer(answer: unknown): answer is StartAnswer {
  if (typeof answer !== 'object' || answer === null) return false;
  if (!('conversationId' in answer && 'resumeToken' in answer && 'self' in answer)) return false;
  const { conversationId, resumeToken, self } = answer;
  if (typeof conversationId !== 'string' || typeof resumeToken !== 'string' || typeof self !== 'string') return false;
  if ('channel' in answer && !isServedBy(answer.channel)) return false;
  return !('token' in answer) || isAccessToken(answer.token);
}

function isServedBy(channel: unknown): channel is ServedBy {
  if (typeof channel !== 'object' || channel === null || !('channel' in channel && 'provider' in channel)) return false;
  if (!('channelId' in channel) || !('providerRefs' in channel) || !isRefs(channel.providerRefs)) return false;
  return [channel.channelId, channel.channel, channel.provider].every((value) => typeof value === 'string');
}

function isRefs(value: unknown): value is Readonly<Record<string, string>> {
  return typeof value === 'object' && value !== null && Object.values(value).every((one) => typeof one === 'string');
}

function isAccessToken(token: unknown): token is AccessToken {
  if (typeof token !== 'object' || token === null || !('token' in token && 'expiresOn' in token)) return false;
  const { expiresOn } = token;
  return typeof token.token === 'string' && (typeof expiresOn === 'number' || typeof expiresOn === 'string');
}

function isWaitEstimate(answer: unknown): answer is WaitEstimate {
  if (typeof answer !== 'object' || answer === null || !('open' in answer) || typeof answer.open !== 'boolean')
    return false;
  return !('estimatedWaitMs' in answer) || typeof answer.estimatedWaitMs === 'number';
}

function unexpected(what: string): ContactCenterError {
  return toContactCenterError(undefined, 'command/failed', `unable to ${what}; the server's answer is not understood`);
}
