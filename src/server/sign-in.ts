import { ContactCenterError, isContactCenterError } from 'onescreen';
import { isCallHost, isMeetingHost, type ChannelHost } from './channel-host';
import type { ChatToken, ProviderRefs } from './chat-host';
import type { HookContext, Hooks } from './hooks';
import { errorFields } from 'onescreen/logging';
import type { AgentIdentity, ResolvedOptions } from './options';

export interface SignedIn {
  readonly identity: AgentIdentity;
  readonly providerRefs: ProviderRefs;
}

/** Asks the vendor who somebody is, and the hosts under which names they know them. */
export class SignIn {
  readonly #options: ResolvedOptions;

  constructor(options: ResolvedOptions) {
    this.#options = options;
  }

  /** With the token that a desk brings to its door. */
  async desk(token: unknown): Promise<SignedIn> {
    if (typeof token !== 'string' || token === '' || token.length > 16_384) throw unauthorized();
    let request: Request;
    try {
      request = new Request('http://desk.invalid/agents', { headers: { authorization: `Bearer ${token}` } });
    } catch {
      throw unauthorized();
    }
    return this.request(request);
  }

  async request(request: Request): Promise<SignedIn> {
    const identity = await this.#identity(request);
    let providerRefs: ProviderRefs = identity.providerRefs ?? {};
    for (const host of this.#hosts) {
      try {
        providerRefs = { ...providerRefs, ...(await this.#identify(host, identity.id, providerRefs)) };
      } catch (error) {
        // Other channels work without it, and joining a chat asks again.
        this.#options.logger.warn('agent-identify-failed', {
          agentId: identity.id,
          host: host.name,
          ...errorFields(error),
        });
      }
    }
    return { identity, providerRefs };
  }

  /** A token for an agent. Rejects with `token/unavailable` for an audience that nothing here issues tokens for. */
  async token(request: Request, audience: string): Promise<ChatToken> {
    const { identity, providerRefs } = await this.request(request);
    const host = this.#hosts.find((one) => one.token !== undefined && audienceOf(one) === audience);
    if (host?.token === undefined) throw noToken();
    return issue(this.#options.hooks, { host: host.name, agentId: identity.id }, () => host.token?.(providerRefs));
  }

  get #hosts(): readonly ChannelHost[] {
    const { chats, calls, meetings } = this.#options;
    return [...chats, ...calls, ...meetings];
  }

  async #identify(host: ChannelHost, agentId: string, providerRefs: ProviderRefs): Promise<ProviderRefs> {
    if (host.identify === undefined) return {};
    return this.#options.hooks.call(
      { hook: 'host.identify', host: host.name, agentId },
      async () => (await host.identify?.({ id: agentId, providerRefs })) ?? {},
    );
  }

  /** The error for a page whose identity makes no sense, once the vendor has been told why. */
  invalid(agentId: string | undefined, error: unknown): ContactCenterError {
    const field = isContactCenterError(error) ? error.field : undefined;
    this.#options.logger.error('authenticate-invalid', { agentId, field, ...errorFields(error) });
    this.#options.hooks.report(error, { hook: 'authenticate', ...(agentId !== undefined && { agentId }) });
    return unavailable(error);
  }

  async #identity(request: Request): Promise<AgentIdentity> {
    const { hooks, authenticate, logger } = this.#options;
    let identity: unknown;
    try {
      identity = await hooks.call({ hook: 'authenticate' }, () => authenticate(request));
    } catch (error) {
      if (isContactCenterError(error, 'session/closed')) throw error;
      logger.error('authenticate-failed', errorFields(error));
      throw unavailable(error);
    }
    if (identity === undefined || identity === null) throw unauthorized();
    if (isIdentity(identity)) {
      const { id, role = 'agent' }: { readonly id: string; readonly role?: unknown } = identity;
      if (role === 'agent' || role === 'bot') return identity;
      const why = 'unable to sign in; authenticate gave a role that is neither agent nor bot';
      throw this.invalid(id, new ContactCenterError('command/invalid', why, { field: 'role' }));
    }
    const why = 'unable to sign in; authenticate gave no id or display name';
    throw this.invalid(undefined, new ContactCenterError('command/invalid', why, { field: 'id' }));
  }
}

// Everything else of it is looked at where it is used: by the routing engine.
function isIdentity(value: unknown): value is AgentIdentity {
  if (typeof value !== 'object' || value === null || !('id' in value) || !('displayName' in value)) return false;
  return typeof value.id === 'string' && value.id !== '' && typeof value.displayName === 'string';
}

function unavailable(cause: unknown): ContactCenterError {
  const message = 'unable to sign in; the sign-in does not work at the moment';
  return new ContactCenterError('session/unavailable', message, { retryable: true, cause });
}

/** A host's token; its failure as the error of a command. */
export async function issue(
  hooks: Hooks,
  ids: Omit<HookContext, 'hook'>,
  get: () => Promise<ChatToken> | undefined,
): Promise<ChatToken> {
  try {
    const token = await hooks.call({ hook: 'host.token', ...ids }, get);
    if (token !== undefined) return token;
  } catch (cause) {
    throw new ContactCenterError('token/unavailable', 'unable to get token; the host does not give one', {
      retryable: true,
      cause,
    });
  }
  throw noToken();
}

/** Which tokens a host issues. */
export function audienceOf(host: ChannelHost): 'chat' | 'calling' | 'meeting' {
  if (isMeetingHost(host)) return 'meeting';
  return isCallHost(host) ? 'calling' : 'chat';
}

export function noToken(): ContactCenterError {
  return new ContactCenterError('token/unavailable', 'unable to get token; nothing here issues any for this audience');
}

function unauthorized(): ContactCenterError {
  return new ContactCenterError('session/unauthorized', 'unable to sign in; the token is not accepted');
}
