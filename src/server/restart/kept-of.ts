import type { Kept } from '../../protocol/kept';
import type { KeptFact } from '../../protocol/log-entry';
import type { Conversation } from '../conversation';

/** What those who hold tasks and agents want kept. */
export interface KeepsOf {
  readonly task: (taskId: string) => Kept['task'] | undefined;
  readonly agent: (agentId: string) => NonNullable<Kept['agent']>;
}

/** What the log keeps beside a fact, for a server that takes the conversation up. */
export function keptOf(conversation: Conversation, fact: KeptFact, keeps: KeepsOf): Kept | undefined {
  switch (fact.type) {
    case 'task': {
      const task = keeps.task(fact.task.id);
      return task && { task };
    }
    case 'participant-joined': {
      const { id } = fact.participant;
      const agentId = conversation.agentBehind(id);
      const isConcealed = conversation.isWithheld(id);
      if (agentId === undefined && !isConcealed) return undefined;
      return {
        ...(agentId !== undefined && { agent: keeps.agent(agentId) }),
        ...(isConcealed && { concealed: true }),
      };
    }
    case 'channel-opened':
      return keptOfChannel(conversation, fact.channelId);
    default:
      return undefined;
  }
}

function keptOfChannel(conversation: Conversation, channelId: string): Kept | undefined {
  const known = conversation.channelOf(channelId);
  if (known === undefined) return undefined;
  const { customerRefs, planned, awaited, beside, standing, replaces } = known;
  const channel = {
    ...(customerRefs !== undefined && { customerRefs }),
    ...(planned === true && { planned }),
    ...(awaited === true && { awaited }),
    ...(beside !== undefined && { beside }),
    ...(standing === true && { standing }),
    ...(replaces !== undefined && { replaces }),
  };
  if (conversation.isConcealed(channelId)) return { channel, concealed: true };
  return Object.keys(channel).length === 0 ? undefined : { channel };
}
