import { ContactCenterError, type ControlPlane, type SocketConnect } from 'onescreen';
import type { AgentCommands, AgentPush } from '../protocol/agent-frames';
import { openFrameLink } from './frame-link';
import { socketIo } from './socket-io';

export interface ControlPlaneOptions {
  /** How to connect when the client's environment brings no socket of its own. Default: {@link socketIo}. */
  readonly socket?: SocketConnect;
}

/**
 * The vendor's back end, as `onescreen/server` serves it at `url` (origin and path prefix).
 * @throws ContactCenterError `command/invalid` when `url` is no http or https address
 */
export function controlPlane(url: string, options: ControlPlaneOptions = {}): ControlPlane {
  const address = serverAddress(url);
  return {
    connect({ environment, tokens }) {
      let last: string | undefined;
      return openFrameLink<AgentCommands, AgentPush>({
        url: address,
        door: 'agents',
        environment,
        socket: environment.socket ?? options.socket ?? socketIo(),
        renewable: true,
        credentials: async (renew) => {
          const { token } = await tokens.get('controlPlane', renew ? last : undefined);
          last = token;
          return { token };
        },
        isPush: isAgentPush,
      });
    },
  };
}

/**
 * An address without a trailing slash, fit for {@link controlPlane} and customers.
 * @throws ContactCenterError `command/invalid` when `url` is no http or https address
 */
export function serverAddress(url: string): string {
  if (!/^https?:\/\//i.test(url) || !URL.canParse(url)) {
    throw new ContactCenterError('command/invalid', 'unable to use the server; its address is no http or https URL', {
      field: 'url',
    });
  }
  return url.replace(/\/+$/, '');
}

const agentPushTypes: Readonly<Record<AgentPush['type'], true>> = {
  snapshot: true,
  agent: true,
  offer: true,
  'offer-ended': true,
  conversation: true,
  'conversation-left': true,
  'call-expected': true,
  'call-forgotten': true,
  parked: true,
  callbacks: true,
  'wrap-up-draft': true,
  log: true,
  typing: true,
  'signed-out': true,
};

function isAgentPush(frame: unknown): frame is AgentPush {
  if (typeof frame !== 'object' || frame === null || !('type' in frame)) return false;
  return typeof frame.type === 'string' && Object.hasOwn(agentPushTypes, frame.type);
}
