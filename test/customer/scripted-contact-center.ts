import type { Clock } from 'onescreen';
import type { FrameServer, RequestServer } from 'onescreen/testing';
import type { CustomerStatus } from '../../src/protocol/customer-frames';
import type { InvitationRecord, LogEntry, LogFact } from '../../src/protocol/log-entry';

const cleo = { id: 'cleo', role: 'customer' as const, displayName: 'Cleo', providerRefs: {} };
const hour = 3_600_000;

/** What commands say, as far as it is looked at. */
interface Args {
  readonly channelId: string;
  readonly invitationId: string;
  readonly accept: boolean;
  readonly clientId: string;
  readonly text: string;
}

/** How a channel is served, by kind. */
const served = {
  chat: { provider: 'server', providerRefs: {} },
  voice: { provider: 'scripted', providerRefs: { resourceAccount: '6f1c8a52-3d0e-4f57-9b1e-2a7d5c40e911' } },
  meeting: { provider: 'scripted', providerRefs: { joinLink: 'https://teams.example/meet/1' } },
};

type Kind = keyof typeof served;

/** One conversation at a server that does what the test says, for as many pages as wanted. */
export function scriptedContactCenter(clock: Clock, started: Kind = 'chat') {
  const log: LogEntry[] = [];
  const pages = new Set<(frame: unknown) => void>();
  const asked: string[] = [];
  const audiences: string[] = [];
  const invitations = new Map<string, InvitationRecord>();
  const providers = new Map<Kind, string>();
  const refused = new Map<string, string>();
  let status: CustomerStatus = { phase: 'active', agents: ['Ada'] };
  let sessions = 0;
  /** Answers that wait for `answerAll`, while the server is told to be slow. */
  let held: (() => void)[] | undefined;

  const tell = (push: unknown) => pages.forEach((send) => send(push));
  function append(...facts: LogFact[]): void {
    const entries = facts.map((fact) => {
      const entry: LogEntry = { seq: log.length + 1, at: clock.now(), by: { kind: 'system' }, ...fact };
      log.push(entry);
      return entry;
    });
    tell({ type: 'log', conversationId: 'one', entries });
  }
  const channelOf = (id: string) => {
    const kind = id.replace(/-.*/, '') as Kind;
    return { channelId: id, channel: kind, ...served[kind], provider: providers.get(kind) ?? served[kind].provider };
  };
  const opened = (id: string): LogFact => ({ type: 'channel-opened', ...channelOf(id) });
  function set(invitation: InvitationRecord): void {
    invitations.set(invitation.id, invitation);
    append({ type: 'invitation', invitation });
  }
  const isOpen = (channelId: string) =>
    log.filter((entry) => 'channelId' in entry && entry.channelId === channelId).at(-1)?.type !== 'channel-closed';

  append(
    { type: 'conversation-opened', context: {} },
    { type: 'participant-joined', participant: cleo },
    opened(`${started}-0`),
  );

  const commands: Readonly<Record<string, (args: Args) => unknown>> = {
    'chat/end': () => {
      status = { phase: 'ended', reason: 'customer-left' };
      tell({ type: 'customer-status', status });
      return {};
    },
    'channel/leave': ({ channelId }) => {
      if (isOpen(channelId)) append({ type: 'channel-closed', channelId, reason: 'customer-left' });
      return {};
    },
    'invitation/answer': ({ invitationId, accept }) => {
      const invitation = invitations.get(invitationId);
      if (invitation?.status === 'open') {
        set({ ...invitation, status: accept ? 'accepted' : 'declined' });
        if (accept) append(opened(invitation.channelId));
      }
      const now = invitations.get(invitationId);
      return now?.status === 'accepted' ? { channel: channelOf(now.channelId) } : {};
    },
    'message/send': ({ channelId, clientId, text }) => {
      const message = { id: `message-${clientId}`, clientId, from: cleo.id, text };
      append({ type: 'message', channelId, message });
      return { messageId: message.id, seq: log.length, at: clock.now() };
    },
    'meeting/report': () => ({}),
  };

  const server: FrameServer & RequestServer = {
    async handle(request) {
      const { pathname } = new URL(request.url);
      const body = (await request.json().catch(() => ({}))) as Record<string, string>;
      if (pathname.endsWith('/tokens')) {
        const audience = body['audience'] ?? '';
        audiences.push(audience);
        return Response.json({ token: `${audience} token`, expiresOn: clock.now() + hour, kind: 'acsUser' });
      }
      const first = { conversationId: 'one', self: cleo.id, resumeToken: 'one.secret' };
      return Response.json({ ...first, channel: channelOf(`${started}-0`) }, { status: 201 });
    },
    async connect({ send }) {
      pages.add(send);
      const conversation = { id: 'one', self: cleo.id, entries: log, more: false };
      send({ type: 'customer-snapshot', conversation, status, customer: cleo });
      return {
        session: `session-${++sessions}`,
        recovered: false,
        receive(frame) {
          const { id, name, args } = frame as { id: string; name: string; args: Args };
          asked.push([name, ...Object.values(args).filter((one) => typeof one !== 'object')].join(' '));
          const code = refused.get(name);
          const error = { code, message: `unable to carry out ${name}; it is scripted`, retryable: false };
          const result = code === undefined ? commands[name]?.(args) : undefined;
          const answer = () =>
            send(
              code === undefined ? { type: 'answer', id, ok: true, result } : { type: 'answer', id, ok: false, error },
            );
          if (held === undefined) answer();
          else held.push(answer);
        },
        disconnected: () => void pages.delete(send),
      };
    },
  };

  return {
    server,
    asked,
    /** Of the tokens that were asked for. */
    audiences,
    get pages() {
      return pages.size;
    },
    /** Asks the customer into a channel; twice of one kind are two channels. */
    invite(kind: Kind, more: Partial<InvitationRecord> = {}): InvitationRecord {
      const number = [...invitations.values()].filter(({ channel }) => channel === kind).length + 1;
      const invitation: InvitationRecord = {
        ...{
          id: `to-${kind}-${number}`,
          channel: kind,
          channelId: `${kind}-${number}`,
          taskId: 'task',
          status: 'open',
        },
        ...{ from: 'Ada', by: 'link', expiresAt: clock.now() + 120_000, ...more },
      };
      set(invitation);
      return invitation;
    },
    /** What becomes of an invitation by no hand of the customer's. */
    end(invitation: InvitationRecord, how: 'withdrawn' | 'expired' | 'accepted' = 'withdrawn'): void {
      set({ ...invitation, status: how });
      if (how === 'accepted') append(opened(invitation.channelId));
    },
    close: (channelId: string, reason = 'agent-ended') => append({ type: 'channel-closed', channelId, reason }),
    /** Channels of this kind are served by this provider. */
    serve: (kind: Kind, provider: string) => void providers.set(kind, provider),
    /** From now on this command is refused with this code. */
    refuse: (name: string, code: string) => void refused.set(name, code),
    /** From now on answers wait. */
    hold: () => void (held ??= []),
    loseAnswers: () => void (held = undefined),
    log,
  };
}
