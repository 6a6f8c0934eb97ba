import {
  ContactCenterClient,
  ContactCenterError,
  createLive,
  type AgentPush,
  type AgentRecord,
  type ControlPlane,
  type LinkState,
  type LogEntry,
  type LogFact,
  type Provider,
  type TaskRecord,
} from 'onescreen';
import { Subject } from 'rxjs';
import type { Channel } from './channel';

const start = Date.UTC(2026, 0, 5, 7);

const agent: AgentRecord = {
  ...{
    id: 'ada',
    displayName: 'Ada',
    availability: { kind: 'available' },
    since: start,
    reasons: [],
    providerRefs: {},
  },
  load: { tasks: 0, used: 0, capacity: 100_000 },
};

/** A desk that is signed in, with a task in hand for each conversation; its control plane has nothing more to say. */
export async function openDesk(providers: readonly Provider[], conversations: number, channel: Channel) {
  const pushes = new Subject<AgentPush>();
  const client = new ContactCenterClient({
    controlPlane: silentControlPlane(pushes),
    tokens: async () => ({ token: 'opaque', expiresOn: Date.now() + 3_600_000 }),
    providers,
  });
  const signedIn = client.signIn();
  const records = Array.from({ length: conversations }, (_, index) => ({
    ...{ id: `c-${index}`, self: 'p-ada', more: false },
    entries: opening(`c-${index}`, index, channel),
  }));
  pushes.next({ type: 'snapshot', agent, offers: [], conversations: records });
  await signedIn;
  return client;
}

function silentControlPlane(pushes: Subject<AgentPush>): ControlPlane {
  const state = createLive<LinkState>({ status: 'online' });
  return {
    connect: () => ({
      state$: state.live,
      pushes$: pushes,
      command: (name) =>
        Promise.reject(new ContactCenterError('command/failed', `unable to ${name}; nobody is there to do it`)),
      close: async () => {},
    }),
  };
}

function opening(conversationId: string, index: number, { id, channel, provider }: Channel): readonly LogEntry[] {
  const person = (name: string, role: 'customer' | 'agent') => ({
    ...{ id: `p-${name}`, role, displayName: name, providerRefs: { memory: name } },
  });
  const task: TaskRecord = {
    ...{ id: `t-${index}`, conversationId, queueId: 'sales', channel, priority: 0, labels: {}, status: 'assigned' },
    ...{ agentId: 'ada', queuedAt: start, assignedAt: start, wrapUp: { dispositions: [], required: false } },
  };
  const facts: readonly LogFact[] = [
    { type: 'conversation-opened', context: {} },
    { type: 'participant-joined', participant: person('cleo', 'customer') },
    { type: 'participant-joined', participant: person('ada', 'agent') },
    { type: 'channel-opened', channelId: id, channel, provider, providerRefs: {} },
    { type: 'task', task },
  ];
  return facts.map((fact, each) => ({ seq: each + 1, at: start + each, by: { kind: 'system' }, ...fact }));
}
