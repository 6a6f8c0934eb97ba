import type { LogEntry } from '../../protocol/log-entry';
import type { CommandUnderWay } from '../command-context';

/** A command of which a log tells that a server before this one has begun it, or carried it out. */
export interface RecalledCommand extends Pick<CommandUnderWay, 'id' | 'name' | 'agentId'> {
  readonly entries: readonly LogEntry[];
}

/** What has been done of a command. */
interface Begun {
  /** Types of the entries that it has brought about. */
  readonly begun: readonly string[];
  /** Its answer, once it has been carried out. */
  readonly result: object | undefined;
}

/** Commands, by whose they are and their ids, that a page may send again without knowing what became of them. */
export class CarriedOut {
  readonly #commands = new Map<string, Begun & { readonly name: string }>();

  recall(conversationId: string, commands: Iterable<RecalledCommand>): void {
    for (const command of commands) {
      const { id, name, agentId = conversationId, entries } = command;
      // What it brought about in other conversations, such as offers of what waited there, is told there.
      const known = this.#commands.get(keyOf(agentId, id));
      const begun = [...(known?.begun ?? []), ...entries.map(({ type }) => type)];
      this.#commands.set(keyOf(agentId, id), { name, begun, result: known?.result ?? resultOf(command) });
    }
  }

  /** What is known of a command: `result` once it has been carried out. `of`: an agent's id, or a customer's conversation's. */
  of(of: string, id: string, name: string): Begun | undefined {
    const command = this.#commands.get(keyOf(of, id));
    return command?.name === name ? command : undefined;
  }
}

function keyOf(of: string, id: string): string {
  return `${of} ${id}`;
}

/**
 * The answer to a command of which a log tells these entries; undefined when they do not show that it was carried out, or
 * when it can be carried out again with no further effect.
 */
function resultOf({ name, entries }: RecalledCommand): object | undefined {
  const tasks = entries.flatMap((entry) => (entry.type === 'task' ? [entry.task] : []));
  const consult = entries.flatMap((entry) => (entry.type === 'consult' ? [entry.consult] : [])).at(-1);
  const callback = entries.flatMap((entry) => (entry.type === 'callback' ? [entry.callback] : [])).at(-1);
  const done = (isDone: boolean) => (isDone ? {} : undefined);
  switch (name) {
    case 'task/end':
    case 'channel/end':
      return done(entries.some(({ type }) => type === 'channel-closed'));
    case 'task/requeue':
      return done(tasks.some(({ status }) => status === 'queued'));
    case 'wrap-up/complete':
      return done(tasks.some(({ status }) => status === 'completed' || status === 'closed'));
    case 'wrap-up/extend':
      return tasks.length === 0 ? undefined : { endsAt: tasks.at(-1)?.wrapUpEndsAt };
    case 'task/transfer':
      if (consult !== undefined) return { consultId: consult.id };
      return done(tasks.some(({ purpose, status }) => purpose === 'transfer' && status === 'queued'));
    case 'consult/start':
      return consult && { consultId: consult.id };
    case 'note/add':
      return done(entries.some(({ type }) => type === 'note'));
    case 'task/escalate': {
      const opened = entries.find((entry) => entry.type === 'channel-opened');
      return opened && { channelId: opened.channelId };
    }
    case 'channel/invite': {
      const invited = entries.find((entry) => entry.type === 'invitation');
      return invited && { invitationId: invited.invitation.id };
    }
    case 'callback/schedule':
      return callback && { callbackId: callback.id };
    case 'callback/request':
      return callback && { dueAt: callback.dueAt };
    default:
      return undefined;
  }
}

/** By id and owner, the commands of which entries of a log are the doing. */
export function commandsIn(entries: readonly LogEntry[]): readonly RecalledCommand[] {
  const commands = new Map<string, RecalledCommand>();
  for (const entry of entries) {
    const { command } = entry.kept ?? {};
    if (command === undefined) continue;
    const key = keyOf(command.agentId ?? '', command.id);
    commands.set(key, { ...command, entries: [...(commands.get(key)?.entries ?? []), entry] });
  }
  return [...commands.values()];
}
