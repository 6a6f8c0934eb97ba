import { ContactCenterError, type CallAction } from 'onescreen';
import type { AgentCommands, CallReference, CallTarget } from '../protocol/agent-frames';
import type { LogFact, ParticipantRecord } from '../protocol/log-entry';
import type { Agent } from './agent';
import { checkTarget, isCallOutcome, isRefusal } from './call-failure';
import type { CallHost } from './call-host';
import { noCall, type Calls } from './calls';
import { isCallHost } from './channel-host';
import type { ProviderRefs } from './chat-host';
import { contextOf, unavailable } from './channel-work';
import type { Handlers } from './command-door';
import type { Consults } from './consults/consults';
import type { Conversation } from './conversation';
import type { OpenChannel } from './conversation-channels';
import type { Conversations } from './conversations';
import type { HookContext } from './hooks';
import { errorFields } from 'onescreen/logging';
import type { LostCalls } from './lost-calls';
import { notThere } from './messages';
import type { ResolvedOptions } from './options';
import { actorIn, type TaskBoard } from './task-board';
import type { TaskEvents } from './task-events';
import type { Acceptance, LiveTask } from './task-record';
import type { Work } from './work';

interface CallCommandsParts {
  readonly options: ResolvedOptions;
  readonly board: TaskBoard;
  readonly work: Work;
  readonly events: TaskEvents;
  readonly calls: Calls;
  readonly lost: LostCalls;
  readonly consults: Consults;
  readonly conversations: Conversations;
}

/** A call that the agent has in hand. */
interface CallInHand {
  readonly conversation: Conversation;
  readonly channel: OpenChannel & { readonly host: CallHost };
  readonly task: LiveTask;
  readonly acceptance: Acceptance;
}

type CallCommands = Pick<AgentCommands, Extract<keyof AgentCommands, `call/${string}`>>;

const done: Readonly<Record<string, never>> = {};

/** What an agent can do about calls. */
export function callCommands(parts: CallCommandsParts, agent: Agent): Handlers<CallCommands> {
  const inHand = (reference: CallReference, action: string) => callInHand(parts, agent, reference, action);

  // Only one who still has the call acts on it when its turn comes.
  const act = async (
    reference: CallReference,
    wanted: {
      readonly action: CallAction;
      readonly words: string;
      readonly hook: HookContext['hook'];
      readonly run: (call: CallInHand) => Promise<unknown> | undefined;
      readonly fact?: (call: CallInHand) => LogFact | undefined;
      /** True when nothing is left to do. */
      readonly isDone?: (call: CallInHand) => boolean;
      /** It has come about after that had been given up. */
      readonly late?: (call: CallInHand) => void;
    },
  ) => {
    const { action, words, hook, run, fact, isDone, late } = wanted;
    const { conversation } = inHand(reference, words);
    await conversation.log.inTurn(async () => {
      const call = inHand(reference, words);
      const { channel } = call;
      if (!channel.host.actions.includes(action)) throw notAllowed(words, 'whatever carries the call cannot');
      if (isToCome(channel)) throw notAllowed(words, 'it is not set up yet');
      if (isDone?.(call) === true) return;
      parts.consults.checkCall(conversation, words, action === 'hold' || action === 'resume');
      const context = contextOf(hook, conversation, channel, agent.id);
      const missing = () => Promise.reject(notAllowed(words, 'whatever carries the call cannot'));
      try {
        await parts.options.hooks.call(context, () => run(call) ?? missing(), late && (() => late(call)), {
          isExpected: isRefusal,
        });
      } catch (error) {
        parts.options.logger.warn('call-action-failed', {
          conversationId: conversation.id,
          action,
          ...errorFields(error),
        });
        throw isCallOutcome(error) || isOurs(error) ? error : unavailable(`unable to ${words}; its host fails`, error);
      }
      const said = fact?.(call);
      if (said !== undefined && conversation.channel !== undefined) {
        await conversation.append(actorIn(conversation, agent), said);
      }
    });
    return done;
  };

  const hold = (reference: CallReference, change: 'held' | 'resumed') => {
    const action = change === 'held' ? 'hold' : 'resume';
    return act(reference, {
      action,
      words: `${action} call`,
      hook: `host.${action}`,
      run: ({ channel }) => channel.host[action]?.(channel),
      fact: ({ conversation, channel: { channelId } }) =>
        // The host may have said so itself meanwhile.
        conversation.is(change) ? undefined : { type: 'channel-changed', channelId, change },
      isDone: ({ conversation }) => conversation.is(change),
    });
  };

  const letGo = (conversation: Conversation, channel: CallInHand['channel'], refs: ProviderRefs) => {
    const { hooks, logger } = parts.options;
    const gone = conversation.log.inTurn(async () => {
      if (conversation.channelOf(channel.channelId) === undefined || conversation.known(refs) !== undefined) return;
      await hooks.call(contextOf('host.remove', conversation, channel, agent.id), () =>
        channel.host.remove?.(channel, refs),
      );
    });
    gone.catch((error: unknown) => {
      logger.warn('call-action-failed', {
        conversationId: conversation.id,
        action: 'removeParticipant',
        ...errorFields(error),
      });
    });
  };

  return {
    'call/dial': (args) => dial(parts, agent, args),
    'call/hold': (reference) => hold(reference, 'held'),
    'call/resume': (reference) => hold(reference, 'resumed'),
    'call/tones': ({ tones, ...reference }) =>
      act(reference, {
        action: 'dtmf',
        words: 'send tones',
        hook: 'host.sendTones',
        run: ({ channel }) => channel.host.sendTones?.(channel, tones),
      }),
    'call/add': ({ to, ...reference }) => {
      checkTarget(to, 'add to call');
      let refs: ProviderRefs = {};
      return act(reference, {
        action: 'addParticipant',
        words: 'add to call',
        hook: 'host.add',
        run: ({ channel }) => channel.host.add?.(channel, to).then((names) => void (refs = names)),
        fact: () => ({ type: 'participant-joined', participant: added(parts.options.random.id(), to, refs) }),
        // Nobody would know of whoever rings then, and could take them out.
        late: ({ channel, conversation }) => letGo(conversation, channel, refs),
      });
    },
    'call/remove': async ({ participantId, ...reference }) => {
      const words = 'remove from call';
      const { conversation: here } = inHand(reference, words);
      const consultId = parts.consults.consultOf(here, here.known(refsOf(participantId))?.id ?? participantId);
      if (consultId !== undefined) {
        await parts.consults.act(agent, { conversationId: here.id, consultId, action: 'cancel' });
        return done;
      }
      const other = (conversation: Conversation): ParticipantRecord => {
        const participant = conversation.present(participantId) ?? conversation.known(refsOf(participantId));
        if (participant?.role === 'expert') return participant;
        throw new ContactCenterError('command/invalid', `unable to ${words}; nobody of this id was added`, {
          field: 'participantId',
        });
      };
      return act(reference, {
        action: 'removeParticipant',
        words,
        hook: 'host.remove',
        run: ({ channel, conversation }) => channel.host.remove?.(channel, other(conversation).providerRefs),
        fact: ({ conversation }) => {
          const left = conversation.present(participantId) ?? conversation.known(refsOf(participantId));
          return left && { type: 'participant-left', participantId: left.id, reason: 'removed' };
        },
      });
    },
    'call/record': ({ step, ...reference }) => {
      const words = `${step} recording`;
      const change = recordingChange[step];
      return act(reference, {
        action: 'record',
        words,
        hook: 'host.record',
        run: ({ channel }) => channel.host.record?.(channel, step),
        fact: ({ conversation, channel: { channelId } }) =>
          conversation.is(change) ? undefined : { type: 'channel-changed', channelId, change },
        isDone: ({ conversation }) => {
          const isOff = conversation.is('recording-stopped');
          if (isOff && (step === 'pause' || step === 'resume')) throw notAllowed(words, 'nothing is recorded');
          return conversation.is(change);
        },
      });
    },
    'call/mute': ({ participantId, ...reference }) => {
      const words = 'mute participant';
      const refs = ({ conversation }: CallInHand): ProviderRefs => {
        const participant = conversation.present(participantId) ?? conversation.known(refsOf(participantId));
        if (participant !== undefined && participant.id !== conversation.participantOf(agent.id)) {
          return participant.providerRefs;
        }
        const why = participant === undefined ? 'nobody of this id is in the call' : 'one mutes oneself at the phone';
        throw new ContactCenterError('command/invalid', `unable to ${words}; ${why}`, { field: 'participantId' });
      };
      return act(reference, {
        action: 'muteParticipant',
        words,
        hook: 'host.mute',
        run: (call) => call.channel.host.mute?.(call.channel, refs(call)),
      });
    },
    'call/rejoin': async (reference) => {
      const { task, acceptance, channel } = inHand(reference, 'rejoin call');
      if (isToCome(channel)) throw notAllowed('rejoin call', 'it is not set up yet');
      await parts.lost.rejoin(agent, task, acceptance, channel);
      return done;
    },
  };
}

/** Whether nobody is in the call yet. */
function isToCome({ planned, awaited }: OpenChannel): boolean {
  return planned === true || awaited === true;
}

function callInHand(
  { board, conversations }: CallCommandsParts,
  agent: Agent,
  { conversationId, channelId }: CallReference,
  action: string,
): CallInHand {
  const conversation = conversations.get(conversationId);
  if (conversation?.participantOf(agent.id) === undefined) throw notThere();
  const channel = conversation.requireChannel(channelId);
  const { host } = channel;
  if (!isCallHost(host)) throw noCall(action);
  const task = board.require(agent, board.taskOf(conversation)?.record.id ?? '', 'assigned', action);
  const { acceptance } = task;
  if (acceptance === undefined) throw notThere();
  return { conversation, channel: { ...channel, host }, task, acceptance };
}

async function dial(
  { options, events, calls, lost, conversations }: CallCommandsParts,
  agent: Agent,
  { to, queueId, context = {} }: AgentCommands['call/dial']['args'],
): Promise<AgentCommands['call/dial']['result']> {
  checkTarget(to, 'call');
  const host = options.calls.find((one) => one.dial !== undefined);
  if (host === undefined) throw notAllowed('call', 'nothing here makes calls');
  const queue = options.queues.get(queueId ?? agent.identity.queues[0] ?? options.defaultQueue.id);
  if (queue === undefined) {
    throw new ContactCenterError('command/invalid', 'unable to call; there is no such queue', { field: 'queueId' });
  }
  if (!agent.phone.ready) throw new ContactCenterError('agent/unreachable', 'unable to call; the phone is not ready');
  const demand = { queueId: queue.id, channel: host.channel, priority: 0, labels: context, selectors: [] };
  const task = await conversations.dialled(host, agent, { to, demand });
  const { acceptance, conversation } = task;
  const { channelId } = conversation.lastChannel ?? {};
  const joined = acceptance && (await events.joining(acceptance));
  const { channel } = conversation;
  if (acceptance === undefined || joined === undefined || channel === undefined || channelId === undefined) {
    throw new ContactCenterError('task/gone', 'unable to call; the task was taken away');
  }
  calls.dialled(conversation, to);
  const { desksDial } = host;
  if (desksDial === undefined) {
    void ringThenDial({ calls, lost }, agent, task, acceptance, { ...channel, host });
    return joined;
  }
  const onBehalfOf = queue.resourceAccount ?? desksDial.onBehalfOf;
  return {
    ...joined,
    dial: { channelId, correlationId: channelId, ...(onBehalfOf !== undefined && { onBehalfOf }) },
  };
}

async function ringThenDial(
  { calls, lost }: Pick<CallCommandsParts, 'calls' | 'lost'>,
  agent: Agent,
  task: LiveTask,
  acceptance: Acceptance,
  channel: OpenChannel & { readonly host: CallHost },
): Promise<void> {
  const { conversation } = task;
  calls.hostCalls(conversation);
  try {
    await lost.rejoin(agent, task, acceptance, channel);
  } catch (error) {
    return calls.notMade(conversation, error);
  }
  calls.agentJoined(conversation);
}

/** What the log says of each step. */
const recordingChange = {
  start: 'recording-started',
  pause: 'recording-paused',
  resume: 'recording-resumed',
  stop: 'recording-stopped',
} as const;

/** The names that somebody may have been added by whom a desk's phone shows under this raw id, such as `4:+49…`. */
function refsOf(rawId: string): ProviderRefs {
  const name = rawId.replace(/^(4:|8:orgid:|28:orgid:)/, '');
  return { acs: rawId, phone: name, teamsUser: name, teamsApp: name, agent: rawId };
}

function added(id: string, to: CallTarget, refs: ProviderRefs): ParticipantRecord {
  const providerRefs = { ...to, ...refs };
  return { id, role: 'expert', displayName: 'Participant', providerRefs };
}

function isOurs(error: unknown): boolean {
  return (
    error instanceof ContactCenterError && (error.code === 'command/not-allowed' || error.code === 'command/invalid')
  );
}

function notAllowed(action: string, why: string): ContactCenterError {
  return new ContactCenterError('command/not-allowed', `unable to ${action}; ${why}`);
}
