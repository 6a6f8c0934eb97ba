import {
  ContactCenterError,
  createLive,
  type AgentCommands,
  type AgentPush,
  type AgentRecord,
  type CommandOptions,
  type ControlPlane,
  type LinkState,
  type LogEntry,
  type LogFact,
  type OfferRecord,
  type TaskRecord,
} from 'onescreen';
import { Subject } from 'rxjs';

type Answers = {
  [Name in keyof AgentCommands]?: (args: AgentCommands[Name]['args']) => Promise<AgentCommands[Name]['result']>;
};

/** A control plane at the client's seam: tests push what they like and answer commands as they like. */
export function scriptedControlPlane(answers: Answers = {}) {
  const state = createLive<LinkState>({ status: 'connecting' });
  const pushes = new Subject<AgentPush>();
  const commands: { readonly name: string; readonly args: unknown }[] = [];
  let links = 0;
  const controlPlane: ControlPlane = {
    connect() {
      links++;
      return {
        state$: state.live,
        pushes$: pushes,
        async command<Name extends keyof AgentCommands>(
          name: Name,
          args: AgentCommands[Name]['args'],
          _options?: CommandOptions,
        ) {
          commands.push({ name, args });
          const answer: Answers[Name] = answers[name];
          if (answer === undefined)
            throw new ContactCenterError('command/failed', `unable to ${name}; the test has no answer`);
          return answer(args);
        },
        async close() {
          links--;
        },
      };
    },
  };
  return {
    controlPlane,
    commands,
    get links() {
      return links;
    },
    push: (push: AgentPush) => pushes.next(push),
    link: (next: LinkState) => state.set(next),
  };
}

export const start = Date.UTC(2026, 0, 5, 8);

export const ada: AgentRecord = {
  id: 'ada',
  displayName: 'Ada',
  availability: { kind: 'unavailable' },
  load: { tasks: 0, used: 0, capacity: 100 },
  since: start,
  reasons: [{ code: 'lunch', label: 'Lunch' }],
  providerRefs: {},
};

export const task: TaskRecord = {
  id: 't-1',
  conversationId: 'c-1',
  queueId: 'sales',
  channel: 'chat',
  priority: 0,
  labels: {},
  status: 'assigned',
  agentId: 'ada',
  queuedAt: start,
  assignedAt: start + 5_000,
  wrapUp: { dispositions: [{ code: 'sold', label: 'Sold' }], required: true },
};

export function offer(id: string, extra: Partial<OfferRecord> = {}): OfferRecord {
  return {
    id,
    task: { ...task, status: 'offered' },
    preview: { id: 'c-1', customer: 'Cleo', context: {} },
    issuedAt: start,
    expiresAt: start + 30_000,
    ...extra,
  };
}

export function entry(seq: number, fact: LogFact): LogEntry {
  return { seq, at: start + seq, by: { kind: 'system' }, ...fact };
}

export function opening(provider = 'memory'): readonly LogEntry[] {
  const person = (id: string, role: 'customer' | 'agent') => ({ id, role, displayName: id, providerRefs: {} });
  return [
    entry(1, { type: 'conversation-opened', context: {} }),
    entry(2, { type: 'participant-joined', participant: person('p-cleo', 'customer') }),
    entry(3, { type: 'channel-opened', channelId: 'ch-1', channel: 'chat', provider, providerRefs: {} }),
    entry(4, { type: 'participant-joined', participant: person('p-ada', 'agent') }),
    entry(5, { type: 'task', task }),
  ];
}
