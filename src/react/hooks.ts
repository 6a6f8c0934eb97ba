import { isChatChannel, isVoiceChannel } from 'onescreen';
import type {
  Agent,
  AgentState,
  CallParticipant,
  CallQuality,
  Can,
  ChannelType,
  ChatChannel,
  ChatState,
  Conversation,
  ConversationState,
  Devices,
  DevicesState,
  Disposition,
  Labels,
  Offer,
  Participant,
  Readiness,
  ReasonCode,
  Recording,
  SessionState,
  Tabs,
  TabsState,
  Task,
  TaskAction,
  TaskStatus,
  Timeline,
  VoiceChannel,
  VoiceState,
  WrapUp,
  WrapUpDraft,
  WrapUpState,
} from 'onescreen';
import { useMemo } from 'react';
import { useContactCenter } from './contact-center-provider';
import { runners, type Runners } from './runners';
import { useLive } from './use-live';

/** How the link to the control plane stands. */
export function useSession(): SessionState {
  return useLive(useContactCenter().session$);
}

/** The signed-in agent with the state of the moment; undefined until sign-in. */
export function useAgent():
  { readonly agent: Agent; readonly state: AgentState; readonly reasons: readonly ReasonCode[] } | undefined {
  const agent = useLive(useContactCenter().agent$);
  const state = useLive(agent?.state$);
  const reasons = useLive(agent?.reasons$);
  return agent === undefined || state === undefined || reasons === undefined ? undefined : { agent, state, reasons };
}

/** The open offers; each has its own commands. */
export function useOffers(): readonly Offer[] {
  return useLive(useContactCenter().offers$);
}

/** The tasks in hand. */
export function useTasks(): readonly Task[] {
  return useLive(useContactCenter().tasks$);
}

/** One task in hand; undefined when it is not, or no longer, in this agent's hands. */
export function useTask(id: string): { readonly task: Task; readonly status: TaskStatus } | undefined {
  const task = useTaskObject(id);
  const status = useLive(task?.status$);
  return task === undefined || status === undefined ? undefined : { task, status };
}

/** One conversation, without its timeline: a row in a list does not render for every message. */
export function useConversation(id: string):
  | {
      readonly conversation: Conversation;
      readonly state: ConversationState;
      readonly participants: readonly Participant[];
      readonly context: Labels;
    }
  | undefined {
  const conversation = useConversationObject(id);
  const state = useLive(conversation?.state$);
  const participants = useLive(conversation?.participants$);
  const context = useLive(conversation?.context$);
  if (conversation === undefined || state === undefined || participants === undefined || context === undefined)
    return undefined;
  return { conversation, state, participants, context };
}

/** Everything that happened in a conversation, oldest first. */
export function useTimeline(conversationId: string): Timeline | undefined {
  return useLive(useConversationObject(conversationId)?.timeline$);
}

/** A messaging channel of a conversation with the state of the moment and who is typing. */
export function useChannel(
  conversationId: string,
  type: ChannelType,
): { readonly channel: ChatChannel; readonly state: ChatState; readonly typing: readonly string[] } | undefined {
  const conversation = useConversationObject(conversationId);
  const found = useLive(conversation?.channels$)?.get(type);
  const channel = isChatChannel(found) ? found : undefined;
  const state = useLive(channel?.state$);
  const typing = useLive(channel?.typing$);
  return channel === undefined || state === undefined || typing === undefined ? undefined : { channel, state, typing };
}

type RecordingState = Recording['state$']['value'];

/** The call of a conversation with the state of the moment. */
export function useCall(conversationId: string):
  | {
      readonly call: VoiceChannel;
      readonly state: VoiceState;
      readonly participants: readonly CallParticipant[];
      readonly quality: CallQuality;
      /** Whether the control plane records, and the commands that act on it. */
      readonly recording: Recording & { readonly state: RecordingState };
    }
  | undefined {
  const conversation = useConversationObject(conversationId);
  const found = useLive(conversation?.channels$)?.get('voice');
  const call = isVoiceChannel(found) ? found : undefined;
  const state = useLive(call?.state$);
  const participants = useLive(call?.participants$);
  const quality = useLive(call?.quality$);
  const recording = useLive(call?.recording.state$);
  if (
    call === undefined ||
    state === undefined ||
    participants === undefined ||
    quality === undefined ||
    recording === undefined
  )
    return undefined;
  return { call, state, participants, quality, recording: { ...call.recording, state: recording } };
}

/** Whether work can reach the agent, and what keeps it away. */
export function useReadiness(): Readiness {
  return useLive(useContactCenter().readiness$);
}

/** Microphone and speaker, and the commands that act on them. */
export function useDevices(): { readonly devices: Devices; readonly state: DevicesState } {
  const { devices } = useContactCenter();
  return { devices, state: useLive(devices.state$) };
}

/** Whether this tab leads, and the command that makes it lead. */
export function useTabs(): { readonly tabs: Tabs; readonly state: TabsState } {
  const { tabs } = useContactCenter();
  return { tabs, state: useLive(tabs.state$) };
}

/** For every action of a task: whether it is possible, why not, and `run`. */
export function useControls(taskId: string): {
  readonly [Action in keyof Runners]: Can & { readonly run: Runners[Action] };
} & {
  readonly can: (action: TaskAction) => Can;
} {
  const task = useTaskObject(taskId);
  const controls = useLive(task?.controls$);
  return useMemo(() => {
    const can = (action: TaskAction): Can =>
      controls?.[action] ?? { allowed: false, reason: task === undefined ? 'closed' : 'not-supported' };
    const run = runners(task);
    return {
      can,
      send: { ...can('send'), run: run.send },
      edit: { ...can('edit'), run: run.edit },
      delete: { ...can('delete'), run: run.delete },
      mute: { ...can('mute'), run: run.mute },
      unmute: { ...can('unmute'), run: run.unmute },
      hold: { ...can('hold'), run: run.hold },
      resume: { ...can('resume'), run: run.resume },
      dtmf: { ...can('dtmf'), run: run.dtmf },
      addParticipant: { ...can('addParticipant'), run: run.addParticipant },
      removeParticipant: { ...can('removeParticipant'), run: run.removeParticipant },
      muteParticipant: { ...can('muteParticipant'), run: run.muteParticipant },
      record: { ...can('record'), run: run.record },
      rejoin: { ...can('rejoin'), run: run.rejoin },
      hangUp: { ...can('hangUp'), run: run.hangUp },
      transfer: { ...can('transfer'), run: run.transfer },
      transferToAgent: { ...can('transferToAgent'), run: run.transferToAgent },
      transferToQueue: { ...can('transferToQueue'), run: run.transferToQueue },
      transferToPhone: { ...can('transferToPhone'), run: run.transferToPhone },
      transferToTeamsUser: { ...can('transferToTeamsUser'), run: run.transferToTeamsUser },
      transferToVoicemail: { ...can('transferToVoicemail'), run: run.transferToVoicemail },
      consult: { ...can('consult'), run: run.consult },
      consultAgent: { ...can('consultAgent'), run: run.consultAgent },
      consultPhone: { ...can('consultPhone'), run: run.consultPhone },
      consultTeamsUser: { ...can('consultTeamsUser'), run: run.consultTeamsUser },
      swap: { ...can('swap'), run: run.swap },
      merge: { ...can('merge'), run: run.merge },
      complete: { ...can('complete'), run: run.complete },
      cancelConsult: { ...can('cancelConsult'), run: run.cancelConsult },
      park: { ...can('park'), run: run.park },
      callBack: { ...can('callBack'), run: run.callBack },
      escalate: { ...can('escalate'), run: run.escalate },
      escalateToVoice: { ...can('escalateToVoice'), run: run.escalateToVoice },
      escalateToMeeting: { ...can('escalateToMeeting'), run: run.escalateToMeeting },
      escalateToChat: { ...can('escalateToChat'), run: run.escalateToChat },
      admit: { ...can('admit'), run: run.admit },
      shareScreen: { ...can('shareScreen'), run: run.shareScreen },
      requeue: { ...can('requeue'), run: run.requeue },
      end: { ...can('end'), run: run.end },
      wrapUp: { ...can('wrapUp'), run: run.wrapUp },
    };
  }, [task, controls]);
}

/** The after-work of a task. */
export function useWrapUp(taskId: string):
  | (Pick<WrapUp, 'save' | 'extend' | 'complete'> & {
      readonly state: WrapUpState;
      readonly dispositions: readonly Disposition[];
      readonly draft: WrapUpDraft;
    })
  | undefined {
  const wrapUp = useTaskObject(taskId)?.wrapUp;
  const state = useLive(wrapUp?.state$);
  const dispositions = useLive(wrapUp?.dispositions$);
  const draft = useLive(wrapUp?.draft$);
  if (wrapUp === undefined || state === undefined || dispositions === undefined || draft === undefined)
    return undefined;
  return { ...wrapUp, state, dispositions, draft };
}

export function useTaskObject(id: string): Task | undefined {
  return useLive(useContactCenter().tasks$, (tasks) => tasks.find((task) => task.id === id));
}

export function useConversationObject(id: string): Conversation | undefined {
  return useLive(useContactCenter().conversations$, (list) => list.find((conversation) => conversation.id === id));
}
