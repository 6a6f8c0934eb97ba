import {
  ContactCenterError,
  isChatChannel,
  isMeetingChannel,
  isVoiceChannel,
  type CallTarget,
  type Channel,
  type ChatChannel,
  type Consult,
  type Conversation,
  type MeetingChannel,
  type MessageItem,
  type Task,
  type VoiceChannel,
  type WrapUpResult,
} from 'onescreen';

type Transfer = (id: string, options?: Parameters<Task['transfer']>[1]) => Promise<void>;
type Ask = (id: string, options?: Parameters<Task['consult']>[1]) => Promise<Consult>;
type Escalate = (options?: Parameters<Conversation['escalate']>[1]) => Promise<Channel>;

/** What a button does when it is pressed, by action. */
export interface Runners {
  readonly send: (message: string | { readonly text: string; readonly html?: string }) => Promise<MessageItem>;
  readonly edit: (messageId: string, text: string) => Promise<void>;
  readonly delete: (messageId: string) => Promise<void>;
  readonly mute: () => Promise<void>;
  readonly unmute: () => Promise<void>;
  readonly hold: () => Promise<void>;
  readonly resume: () => Promise<void>;
  readonly dtmf: (tones: string) => Promise<void>;
  readonly addParticipant: (who: CallTarget) => Promise<void>;
  readonly removeParticipant: (participantId: string) => Promise<void>;
  /** Mutes somebody else, by the id that the call shows. */
  readonly muteParticipant: (participantId: string) => Promise<void>;
  readonly record: (step: 'start' | 'pause' | 'resume' | 'stop') => Promise<void>;
  readonly rejoin: () => Promise<void>;
  readonly hangUp: () => Promise<void>;
  readonly transfer: Task['transfer'];
  readonly transferToAgent: Transfer;
  readonly transferToQueue: Transfer;
  /** By E.164 number. */
  readonly transferToPhone: Transfer;
  readonly transferToTeamsUser: Transfer;
  readonly transferToVoicemail: Transfer;
  readonly consult: Task['consult'];
  readonly consultAgent: Ask;
  /** By E.164 number. */
  readonly consultPhone: Ask;
  readonly consultTeamsUser: Ask;
  /** These act on the consult under way, else on who was merged last; `useConsults` has each with its own commands. */
  readonly swap: () => Promise<void>;
  readonly merge: () => Promise<void>;
  readonly complete: () => Promise<void>;
  readonly cancelConsult: () => Promise<void>;
  readonly park: Task['park'];
  readonly callBack: Task['callBack'];
  /** Adds a channel of this kind. */
  readonly escalate: Conversation['escalate'];
  readonly escalateToVoice: Escalate;
  readonly escalateToMeeting: Escalate;
  readonly escalateToChat: Escalate;
  /** Lets somebody in who waits in the meeting's lobby. */
  readonly admit: (guestId: string) => Promise<void>;
  readonly shareScreen: () => Promise<void>;
  readonly requeue: (options?: Parameters<Task['requeue']>[0]) => Promise<void>;
  readonly end: () => Promise<void>;
  readonly wrapUp: (result?: WrapUpResult) => Promise<void>;
  readonly extendWrapUp: () => Promise<void>;
}

export function runners(task: Task | undefined): Runners {
  const demand = (): Task => {
    if (task === undefined)
      throw new ContactCenterError('task/gone', "unable to act on task; it is not in this agent's hands");
    return task;
  };
  const channel = (): ChatChannel => {
    const chats = [...demand().conversation.channels$.value.values()].filter(isChatChannel);
    const open = chats.filter(({ state$ }) => state$.value.status !== 'closed').at(-1) ?? chats.at(-1);
    if (open === undefined)
      throw new ContactCenterError('channel/unavailable', 'unable to use channel; it is not open');
    return open;
  };
  const meeting = (): MeetingChannel => {
    const open = demand().conversation.channel('meeting');
    if (!isMeetingChannel(open))
      throw new ContactCenterError('channel/unavailable', 'unable to use meeting; there is none');
    return open;
  };
  const call = (): VoiceChannel => {
    const open = demand().conversation.channel('voice');
    if (!isVoiceChannel(open)) throw new ContactCenterError('channel/unavailable', 'unable to use call; there is none');
    return open;
  };
  const consult = (): Consult => {
    const consults = demand().consults$.value;
    const found = consults.find(({ state$ }) => state$.value.status !== 'merged') ?? consults.at(-1);
    if (found === undefined)
      throw new ContactCenterError('command/not-allowed', 'unable to act on consult; there is none');
    return found;
  };
  return {
    send: async (message) => channel().send(message),
    edit: async (messageId, text) => channel().edit(messageId, text),
    delete: async (messageId) => channel().delete(messageId),
    mute: async () => call().mute(),
    unmute: async () => call().unmute(),
    hold: async () => call().hold(),
    resume: async () => call().resume(),
    dtmf: async (tones) => call().sendDtmf(tones),
    addParticipant: async (who) => call().addParticipant(who),
    removeParticipant: async (participantId) => call().removeParticipant(participantId),
    muteParticipant: async (participantId) => call().muteParticipant(participantId),
    record: async (step) => call().recording[step](),
    rejoin: async () => call().rejoin(),
    hangUp: async () => call().hangUp(),
    transfer: async (to, options) => demand().transfer(to, options),
    transferToAgent: async (agent, options) => demand().transfer({ agent }, options),
    transferToQueue: async (queue, options) => demand().transfer({ queue }, options),
    transferToPhone: async (phone, options) => demand().transfer({ phone }, options),
    transferToTeamsUser: async (teamsUser, options) => demand().transfer({ teamsUser }, options),
    transferToVoicemail: async (voicemail, options) => demand().transfer({ voicemail }, options),
    consult: async (to, options) => demand().consult(to, options),
    consultAgent: async (agent, options) => demand().consult({ agent }, options),
    consultPhone: async (phone, options) => demand().consult({ phone }, options),
    consultTeamsUser: async (teamsUser, options) => demand().consult({ teamsUser }, options),
    swap: async () => consult().swap(),
    merge: async () => consult().merge(),
    complete: async () => consult().complete(),
    cancelConsult: async () => consult().cancel(),
    park: async (options) => demand().park(options),
    callBack: async (options) => demand().callBack(options),
    escalate: async (to, options) => demand().conversation.escalate(to, options),
    escalateToVoice: async (options) => demand().conversation.escalate('voice', options),
    escalateToMeeting: async (options) => demand().conversation.escalate('meeting', options),
    escalateToChat: async (options) => demand().conversation.escalate('chat', options),
    admit: async (guestId) => meeting().admit(guestId),
    shareScreen: async () => meeting().shareScreen(),
    requeue: async (options) => demand().requeue(options),
    end: async () => demand().end(),
    wrapUp: async (result) => demand().wrapUp.complete(result),
    extendWrapUp: async () => demand().wrapUp.extend(),
  };
}
