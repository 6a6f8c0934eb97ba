import { Subscription } from 'rxjs';
import type { ConversationEvent } from '../conversation/conversation-event';
import type { Environment } from '../environment/environment';
import { ContactCenterError } from '../errors';
import type { Live, LiveSource } from '../live';
import type { AgentRecord } from '../protocol/agent-frames';
import type { ConversationPush, ConversationRecord } from '../protocol/frames';
import type { CommandOptions, ControlPlaneLink } from '../provider/control-plane';
import type { Provider } from '../provider/provider';
import type { Tokens } from '../provider/token-provider';
import type { Voice } from '../provider/voice-provider';
import type { ContactCenterEvent, ContactCenterFact } from './contact-center-event';
import type { Conversation } from './conversation';
import { agentCommands } from './conversation-commands';
import type { ConversationMeetings, ConversationVoice } from './conversation-options';
import { createConversation, type OpenConversation } from './open-conversation';
import { createTask, type Task } from './task';

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
  /** How a channel stands has changed, or which there are. */
  readonly changed: () => void;
}

/** The conversations that are open at a desk, and the tasks in its agent's hands. */
export class OpenWork {
  readonly #parts: OpenWorkParts;
  readonly #open = new Map<string, { readonly hands: OpenConversation; readonly watch: Subscription }>();
  readonly #tasks = new Map<string, Task>();
  #closed = false;

  constructor(parts: OpenWorkParts) {
    this.#parts = parts;
  }

  /** Kinds of channels that are recovering. */
  get recovering(): readonly string[] {
    const standings = [...this.#open.values()].flatMap(({ hands }) => [...hands.standings$.value.values()]);
    return standings.filter(({ status }) => status === 'recovering').map(({ type }) => type);
  }

  open(record: ConversationRecord): void {
    if (this.#closed) return;
    const { id } = record;
    const known = this.#open.get(id);
    if (known !== undefined) return known.hands.load(record);
    const hands = this.#create(record);
    const watch = new Subscription();
    this.#open.set(id, { hands, watch });
    hands.load(record);
    watch.add(hands.tasks$.subscribe(() => this.#updateTasks(id, hands)));
    watch.add(hands.standings$.subscribe(this.#parts.changed));
    this.#show();
  }

  /** Opens what a snapshot has, and leaves what it does not. */
  replace(records: readonly ConversationRecord[]): void {
    const still = new Set(records.map(({ id }) => id));
    for (const id of [...this.#open.keys()]) if (!still.has(id)) this.leave(id);
    for (const record of records) this.open(record);
  }

  leave(id: string): void {
    const entry = this.#open.get(id);
    if (entry === undefined) return;
    this.#open.delete(id);
    entry.watch.unsubscribe();
    for (const task of this.#tasksOf(id)) this.#tasks.delete(task.id);
    this.#parts.tasks.set([...this.#tasks.values()]);
    this.#show();
    void entry.hands.close();
    this.#parts.changed();
  }

  receive(push: ConversationPush): void {
    this.#open.get(push.conversationId)?.hands.receive(push);
  }

  has(taskId: string): boolean {
    return this.#tasks.has(taskId);
  }

  /** The task that was just given. @throws ContactCenterError `task/gone` */
  taken({ taskId, conversation }: { taskId: string; conversation: ConversationRecord }, what: string): Task {
    this.open(conversation);
    return found(this.#tasks.get(taskId), what);
  }

  async close(): Promise<void> {
    this.#closed = true;
    const entries = [...this.#open.values()];
    for (const { watch } of entries) watch.unsubscribe();
    this.#open.clear();
    this.#tasks.clear();
    this.#parts.tasks.set([]);
    this.#parts.conversations.set([]);
    await Promise.all(entries.map(({ hands }) => hands.close()));
  }

  #create({ id, self }: ConversationRecord): OpenConversation {
    const { providers, tokens, environment, online$, command, publish, voice, meetings } = this.#parts;
    return createConversation({
      ...{ id, self, providers, tokens, environment },
      controlPlane: { online$, command },
      ...(voice !== undefined && { voice: { ...voice, command: callCommand(id, command) } }),
      ...(meetings !== undefined && {
        meetings: {
          ...meetings,
          report: (channelId, report) => command('meeting/report', { conversationId: id, channelId, report }),
        },
      }),
      end: (options) => this.#endTasksOf(id, options),
      endChannel: async (channelId, options) => {
        await command('channel/end', { conversationId: id, channelId }, options);
      },
      setContext: async (patch, options) => {
        await command('context/set', { conversationId: id, patch }, options);
      },
      commands: agentCommands(id, command, providers, () => found(this.#tasksOf(id).at(-1), 'escalate')),
      onEvent: (event) => publish(originOf(event), { type: 'conversation', conversationId: id, event }),
    });
  }

  #updateTasks(conversationId: string, hands: OpenConversation): void {
    const { agent$, environment, online$, command, voice, tasks } = this.#parts;
    const before = this.#tasks.size;
    let changed = false;
    for (const task of hands.tasks$.value.values()) {
      const mine = task.agentId === agent$.value.id && isInHand(task.status);
      if (mine && !this.#tasks.has(task.id)) {
        const parts = { clock: environment.clock, online$, command, agent$, voice: voice?.voice };
        this.#tasks.set(task.id, createTask(task, hands, parts));
      } else if (!mine && this.#tasks.get(task.id)?.conversationId === conversationId) {
        changed = this.#tasks.delete(task.id);
      }
    }
    if (changed || this.#tasks.size !== before) tasks.set([...this.#tasks.values()]);
  }

  #tasksOf(id: string): readonly Task[] {
    return [...this.#tasks.values()].filter(({ conversationId }) => conversationId === id);
  }

  async #endTasksOf(id: string, options: CommandOptions | undefined): Promise<void> {
    await Promise.all(this.#tasksOf(id).map((task) => task.end(options)));
  }

  #show(): void {
    this.#parts.conversations.set([...this.#open.values()].map(({ hands }) => hands.conversation));
  }
}

function callCommand(
  conversationId: string,
  command: ControlPlaneLink['command'],
): NonNullable<ConversationVoice['command']> {
  return (channelId, name, args, options) =>
    // The arguments belong to the name: the channel says so.
    command(name, Object.assign({ conversationId, channelId }, args), options);
}

function found(task: Task | undefined, what: string): Task {
  if (task !== undefined) return task;
  throw new ContactCenterError('task/gone', `unable to ${what}; its task has ended already`);
}

/** Whether a task of this status is in its agent's hands. */
function isInHand(status: string): boolean {
  return status === 'assigned' || status === 'wrapping' || status === 'completed';
}

function originOf({ type }: ConversationEvent): ContactCenterEvent['origin'] {
  return type === 'item' ? 'provider' : type === 'sending' ? 'desk' : 'control-plane';
}
