import {
  ContactCenterError,
  isChatChannel,
  isVoiceChannel,
  type CallTarget,
  type ChatChannel,
  type MessageItem,
  type Task,
  type VoiceChannel,
  type WrapUpResult,
} from 'onescreen';

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
  readonly rejoin: () => Promise<void>;
  readonly hangUp: () => Promise<void>;
  readonly requeue: (options?: Parameters<Task['requeue']>[0]) => Promise<void>;
  readonly end: () => Promise<void>;
  readonly wrapUp: (result?: WrapUpResult) => Promise<void>;
}

export function runners(task: Task | undefined): Runners {
  const demand = (): Task => {
    if (task === undefined)
      throw new ContactCenterError('task/gone', "unable to act on task; it is not in this agent's hands");
    return task;
  };
  const channel = (): ChatChannel => {
    const open = demand().conversation.channels$.value.get(demand().channel);
    if (!isChatChannel(open))
      throw new ContactCenterError('channel/unavailable', 'unable to use channel; it is not open');
    return open;
  };
  const call = (): VoiceChannel => {
    const open = demand().conversation.channel('voice');
    if (!isVoiceChannel(open)) throw new ContactCenterError('channel/unavailable', 'unable to use call; there is none');
    return open;
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
    rejoin: async () => call().rejoin(),
    hangUp: async () => call().hangUp(),
    requeue: async (options) => demand().requeue(options),
    end: async () => demand().end(),
    wrapUp: async (result) => demand().wrapUp.complete(result),
  };
}
