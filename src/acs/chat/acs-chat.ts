import {
  ContactCenterError,
  isContactCenterError,
  type ChatContext,
  type ChatProvider,
  type ChatSession,
  type Tokens,
} from 'onescreen';
import { createChat, refusedSession } from 'onescreen/chat';
import { maxMessageBytes } from './capabilities';
import { AcsConnection } from './connection';
import type { AcsChatModule } from './official-client';
import type { RateLimit } from '../rate-budget';
import { documentedChangeLimits } from './rate-limits';
import { AcsChatSession } from './session';

export interface AcsChatOptions {
  /**
   * Whether the official client's realtime is used. `auto` (default): where there are WebSocket and XMLHttpRequest,
   * that is in browsers. Without it the thread is read every `pollMs`, and nobody is seen typing.
   */
  readonly realtime?: boolean | 'auto';
  /** Brings `@azure/communication-chat`. Default: `import('@azure/communication-chat')`, when the first channel opens. */
  readonly loadChat?: () => Promise<AcsChatModule>;
  /** Milliseconds between reads that look for what realtime lost. 1,000 to 60,000, default 30,000. */
  readonly heartbeatMs?: number;
  /** Milliseconds between reads while there is no realtime, or it does not work. 1,000 to 60,000, default 5,000. */
  readonly pollMs?: number;
  /**
   * How many sends, edits and deletions a thread is given before they are queued. Default: the service's limits,
   * 10 in 10 s and 30 in a minute; empty: none.
   */
  readonly changeLimits?: readonly RateLimit[];
}

const load: () => Promise<AcsChatModule> = () => import('@azure/communication-chat');

/**
 * Chat over Azure Communication Services, by the official client. A channel's `providerRefs` are
 * `{ endpoint, threadId }`, a participant's `{ acs: '8:acs:…' }`; tokens are of the audience `chat`. All channels of
 * one desk share one realtime stream. A plain http endpoint is accepted on this machine only.
 * @throws ContactCenterError `command/invalid` for an option out of range
 * @example
 * new ContactCenterClient({ controlPlane, tokens, providers: [acsChat()] });
 */
export function acsChat(options: AcsChatOptions = {}): ChatProvider {
  const heartbeatMs = interval('heartbeatMs', options.heartbeatMs ?? 30_000);
  const pollMs = interval('pollMs', options.pollMs ?? 5_000);
  const { realtime = 'auto', loadChat = load, changeLimits = documentedChangeLimits } = options;
  const desks = new WeakMap<Tokens, Map<string, { readonly connection: AcsConnection; sessions: number }>>();

  const share = ({ tokens, clock, random }: ChatContext, endpoint: string) => {
    const connections = desks.get(tokens) ?? new Map<string, { connection: AcsConnection; sessions: number }>();
    desks.set(tokens, connections);
    const shared = connections.get(endpoint) ?? {
      connection: new AcsConnection({
        ...{ endpoint, tokens, clock, random, loadChat },
        realtime: realtime === 'auto' ? hasRealtime() : realtime,
      }),
      sessions: 0,
    };
    connections.set(endpoint, shared);
    shared.sessions += 1;
    return {
      connection: shared.connection,
      async release() {
        shared.sessions -= 1;
        if (shared.sessions > 0) return;
        connections.delete(endpoint);
        await shared.connection.close();
      },
    };
  };

  return createChat({
    channel: 'chat',
    name: 'acs',
    maxMessageBytes,
    open(context): ChatSession {
      try {
        const endpoint = reference(context.providerRefs, 'endpoint', 'providerRefs');
        const threadId = reference(context.providerRefs, 'threadId', 'providerRefs');
        const self = reference(context.self.providerRefs, 'acs', 'self.providerRefs');
        return new AcsChatSession({
          ...{ context, threadId, self, heartbeatMs, pollMs, changeLimits },
          ...share(context, endpoint),
        });
      } catch (error) {
        if (isContactCenterError(error)) return refusedSession(error);
        throw error;
      }
    },
  });
}

/** Node without a shim lacks XMLHttpRequest; without WebSocket the official client would try without end. */
function hasRealtime(): boolean {
  return typeof WebSocket === 'function' && typeof XMLHttpRequest === 'function';
}

function reference(refs: Readonly<Record<string, string>>, name: string, where: string): string {
  const value = refs[name];
  if (typeof value === 'string' && value !== '') return value;
  const field = `${where}.${name}`;
  throw new ContactCenterError('command/invalid', `unable to open chat; ${field} is missing`, { field });
}

function interval(field: string, ms: number): number {
  if (ms >= 1_000 && ms <= 60_000) return ms;
  throw new ContactCenterError('command/invalid', `unable to use ACS chat; ${field} is not from 1,000 to 60,000`, {
    field,
  });
}
