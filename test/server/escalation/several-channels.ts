import type { MeetingHost, ServerOptions } from 'onescreen/server';
import type { LogEntry } from '../../../src/protocol/log-entry';
import { agent, inHand, type Desk, type Page } from '../contact-center';
import { callCenter, deskWithPhone } from '../scripted-calls';

export const phone = '+4915112345678';

/** A meeting host that does as it is told, and remembers what was asked of it. */
export function scriptedMeetings(more: Partial<MeetingHost> = {}) {
  const asked: string[] = [];
  let failing: string | undefined;
  let waiting: (() => void) | undefined;
  let isSlow = false;
  const step = async (what: string) => {
    asked.push(what);
    if (isSlow) await new Promise<void>((resolve) => (waiting = resolve));
    if (failing === what) throw new Error('scripted');
  };
  const host: MeetingHost = {
    name: 'teams',
    channel: 'meeting',
    inLog: false,
    async open({ channelId }) {
      await step('open');
      return { providerRefs: { joinLink: `https://meet/${channelId}` }, customerRefs: { meeting: '8:acs:cleo' } };
    },
    async join(_, { providerRefs }) {
      await step('join');
      return { meeting: providerRefs['meeting'] ?? 'nobody' };
    },
    leave: () => step('leave'),
    close: () => step('close'),
    identify: async ({ id }) => ({ meeting: `8:acs:${id}-meets` }),
    token: async (refs) => ({ token: `meeting-${refs['meeting']}`, expiresOn: 1, kind: 'acsUser' }),
    ...more,
  };
  return {
    host,
    asked,
    fails(what: string | undefined) {
      failing = what;
    },
    /** From now on a step waits until `go`. */
    slow() {
      isSlow = true;
    },
    go() {
      isSlow = false;
      waiting?.();
    },
  };
}

const agents = ['ann', 'ben'].map((id) => agent(id, { capacity: 3 }));

/** Chats, calls and meetings, with agents who have room for three channels. */
export function everything(options: Partial<ServerOptions> = {}, more: Partial<MeetingHost> = {}, who = agents) {
  const meetings = scriptedMeetings(more);
  const queues = [{ id: 'support' }, { id: 'sales' }];
  return { meetings, ...callCenter({}, { queues, meetings: [meetings.host], ...options }, who) };
}

export type World = ReturnType<typeof everything>;

/** A chat that ann has in hand. */
export async function chatting(world: World = everything(), start: Record<string, unknown> = {}) {
  const ann = await deskWithPhone(world.center, 'ann');
  const chat = await inHand(world.center, ann);
  return { ...world, ...start, ann, ...chat };
}

export type Chatting = Awaited<ReturnType<typeof chatting>>;

export function of<Type extends LogEntry['type']>(
  party: Desk | Page,
  conversationId: string,
  type: Type,
): Extract<LogEntry, { readonly type: Type }>[] {
  return party
    .entries(conversationId)
    .filter((entry): entry is Extract<LogEntry, { readonly type: Type }> => entry.type === type);
}

/** How the invitations stand, as the party was told. */
export function invitationsAt(party: Desk | Page, conversationId: string) {
  return of(party, conversationId, 'invitation').map(({ invitation }) => invitation);
}

/** Which channels have closed, and why. */
export function closedAt(party: Desk | Page, conversationId: string) {
  return of(party, conversationId, 'channel-closed').map(({ channelId, reason }) => ({ channelId, reason }));
}

/** The channels that the party's task goes over, as it was told last. */
export function channelsOf(desk: Desk, conversationId: string) {
  const task = of(desk, conversationId, 'task').at(-1)?.task;
  return task?.channels ?? [task?.channel];
}

/** The customer's page accepts the newest invitation. */
export async function accept({ page, conversationId }: Pick<Chatting, 'page' | 'conversationId'>) {
  const invitationId = invitationsAt(page, conversationId).at(-1)?.id ?? '';
  return page.do('invitation/answer', { invitationId, accept: true });
}
