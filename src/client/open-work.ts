import type { ConversationEvent } from '../conversation/conversation-event';
import type { Environment } from '../environment/environment';
import { select, type Live, type LiveSource } from '../live';
import type { AgentRecord } from '../protocol/agent-frames';
import type { ConversationPush, ConversationRecord } from '../protocol/frames';
import type { TaskStatus, WrapUpDraftRecord } from '../protocol/log-entry';
import type { ControlPlaneLink } from '../provider/control-plane';
import type { Provider } from '../provider/provider';
import type { Tokens } from '../provider/token-provider';
import type { Voice } from '../provider/voice-provider';
import type { ContactCenterEvent, ContactCenterFact } from './contact-center-event';
import type { Conversation } from './conversation';
import { agentCommands } from './conversation-commands';
import type { ConversationMeetings } from './conversation-options';
import type { Focus } from './focus';
import { createStatedConversation, type StatedConversation } from './open-conversation';
import { createTask, type Task } from './task';
import { unable } from './unable';
import { createDraft, type SharedDraft } from './wrap-up-draft';

export interface OpenWorkParts {
  readonly providers: readonly Provider[];
  readonly tokens: Tokens;
  readonly environment: Environment;
  readonly online$: Live<boolean>;
  readonly command: ControlPlaneLink['command'];
  readonly agent$: Live<AgentRecord>;
  readonly voice: { readonly provider: string; readonly voice: Voice } | undefined;
  readonly meetings: Omit<ConversationMeetings, 'report'> | undefined;
  readonly tasks: LiveSource<readonly Task[]>;
  readonly conversations: LiveSource<readonly Conversation[]>;
  readonly publish: (origin: ContactCenterEvent['origin'], fact: ContactCenterFact) => void;
  readonly focus: Focus;
  /** How a channel stands has changed, or which there are. */
  readonly changed: () => void;
}

/** The conversations that are open at a desk, and the tasks in its agent's hands. */
export interface OpenWork {
  /** Kinds of channels that are recovering. */
  recovering(): readonly string[];
  open(record: ConversationRecord): void;
  /** Opens what a snapshot has, and leaves what it does not; with the drafts that the control plane holds. */
  replace(records: readonly ConversationRecord[], drafts: Readonly<Record<string, WrapUpDraftRecord>>): void;
  /** Closes it, if it is open. */
  leave(id: string): Promise<void>;
  receive(push: ConversationPush): void;
  /** Another page has changed the draft of a task. */
  drafted(taskId: string, draft: WrapUpDraftRecord): void;
  has(taskId: string): boolean;
  /** The task that was just given. @throws ContactCenterError `task/gone` */
  taken(given: { readonly taskId: string; readonly conversation: ConversationRecord }, what: string): Task;
  close(): Promise<void>;
}

export function createOpenWork(parts: OpenWorkParts): OpenWork {
  const { command, publish, voice, meetings, agent$, environment, online$, changed } = parts;
  const { clock } = environment;
  const work = new Map<string, StatedConversation>();
  const tasks = new Map<string, Task>();
  /** Of tasks in hand. */
  const drafts = new Map<string, SharedDraft>();
  let closed = false;

  const showTasks = () => parts.tasks.set([...tasks.values()]);
  const showConversations = () => parts.conversations.set([...work.values()].map(({ conversation }) => conversation));
  const drop = (taskId: string) => {
    drafts.get(taskId)?.end();
    drafts.delete(taskId);
    tasks.delete(taskId);
  };
  const tasksOf = (id: string) => [...tasks.values()].filter(({ conversationId }) => conversationId === id);

  function open(record: ConversationRecord): void {
    if (closed) return;
    const { id } = record;
    const known = work.get(id);
    if (known !== undefined) return known.load(record);
    const hands = create(record);
    work.set(id, hands);
    hands.load(record);
    // Both end with the conversation, which may go on for a moment when it has left.
    hands.tasks$.subscribe(() => work.get(id) === hands && updateTasks(id, hands));
    hands.standings$.subscribe(changed);
    showConversations();
  }

  async function leave(id: string): Promise<void> {
    const hands = work.get(id);
    if (!work.delete(id)) return;
    for (const task of tasksOf(id)) drop(task.id);
    showTasks();
    parts.focus.left(id);
    showConversations();
    changed();
    await hands?.close();
  }

  function create({ id: conversationId, self }: ConversationRecord): StatedConversation {
    return createStatedConversation({
      ...{ ...parts, id: conversationId, self, controlPlane: { online$, command } },
      voice: voice && {
        ...voice,
        // The arguments belong to the name: the channel says so.
        command: (channelId, name, args, options) =>
          command(name, Object.assign({ conversationId, channelId }, args), options),
      },
      meetings: meetings && {
        ...meetings,
        report: (channelId, report) => command('meeting/report', { conversationId, channelId, report }),
      },
      async end(options) {
        await Promise.all(tasksOf(conversationId).map((task) => task.end(options)));
      },
      async endChannel(channelId, options) {
        await command('channel/end', { conversationId, channelId }, options);
      },
      async setContext(patch, options) {
        await command('context/set', { conversationId, patch }, options);
      },
      commands: agentCommands(conversationId, command, () => found(tasksOf(conversationId).at(-1), 'escalate')),
      inView$: select(parts.focus.focus$, (focus) => focus && focus.id === conversationId),
      onEvent: (event) => publish(originOf(event), { type: 'conversation', conversationId, event }),
    });
  }

  function updateTasks(conversationId: string, hands: StatedConversation): void {
    let hasChanged = false;
    for (const task of hands.tasks$.value.values()) {
      const mine = task.agentId === agent$.value.id && inHand.includes(task.status);
      const known = tasks.get(task.id);
      if (mine && known === undefined) {
        const draft = createDraft(task.id, clock, command);
        drafts.set(task.id, draft);
        tasks.set(task.id, createTask(task, hands, { ...parts, clock, draft, voice: voice?.voice }));
      } else if (!mine && known?.conversationId === conversationId) drop(task.id);
      else continue;
      hasChanged = true;
    }
    if (hasChanged) showTasks();
  }

  return {
    recovering: () =>
      [...work.values()]
        .flatMap(({ standings$ }) => [...standings$.value.values()])
        .filter(({ status }) => status === 'recovering')
        .map(({ type }) => type),
    open,
    replace(records, theirs) {
      for (const conversationId of [...work.keys()]) {
        if (records.some(({ id }) => id === conversationId)) continue;
        // Whoever is told still finds it.
        publish('control-plane', { type: 'conversation-gone', conversationId });
        void leave(conversationId);
      }
      for (const record of records) open(record);
      for (const [taskId, draft] of drafts) draft.take(theirs[taskId]);
    },
    leave,
    receive: (push) => work.get(push.conversationId)?.receive(push),
    drafted: (taskId, draft) => drafts.get(taskId)?.take(draft),
    has: (taskId) => tasks.has(taskId),
    taken({ taskId, conversation }, what) {
      open(conversation);
      return found(tasks.get(taskId), what);
    },
    async close() {
      closed = true;
      for (const draft of drafts.values()) {
        draft.end();
        draft.tell();
      }
      await Promise.all([...work.keys()].map(leave));
    },
  };
}

function found(task: Task | undefined, what: string): Task {
  if (task !== undefined) return task;
  throw unable(what, 'it has ended', 'task/gone');
}

/** A task with one of these is in its agent's hands. */
const inHand: readonly TaskStatus[] = ['assigned', 'wrapping', 'completed'];

function originOf({ type }: ConversationEvent): ContactCenterEvent['origin'] {
  return type === 'item' ? 'provider' : type === 'sending' || type === 'forgotten' ? 'desk' : 'control-plane';
}
