import { combine, isChatChannel, isVoiceChannel, select } from 'onescreen';
import type {
  Agent,
  AgentState,
  CallParticipant,
  CallQuality,
  Can,
  Channel,
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
import { runners, type Runners } from './runners';
import { shared } from './shared';
import { useOfClient, useValue } from './use-live';
import { conversationHook, taskHook } from './use-member';

/** How the link to the control plane stands. */
export function useSession(): SessionState {
  return useOfClient(({ session$ }) => session$);
}

/** The signed-in agent with the state of the moment; undefined until sign-in. */
export function useAgent():
  { readonly agent: Agent; readonly state: AgentState; readonly reasons: readonly ReasonCode[] } | undefined {
  return useValue(agentView(useOfClient(({ agent$ }) => agent$)));
}

const agentView = shared((agent: Agent) =>
  combine([agent.state$, agent.reasons$], () => ({ agent, state: agent.state$.value, reasons: agent.reasons$.value })),
);

/** The open offers; each has its own commands. */
export function useOffers(): readonly Offer[] {
  return useOfClient(({ offers$ }) => offers$);
}

/** The tasks in hand. */
export function useTasks(): readonly Task[] {
  return useOfClient(({ tasks$ }) => tasks$);
}

/** One task in hand; undefined when it is not, or no longer, in this agent's hands. */
export function useTask(id: string): { readonly task: Task; readonly status: TaskStatus } | undefined {
  return useTaskView(id);
}

const useTaskView = taskHook(shared((task: Task) => select(task.status$, (status) => ({ task, status }))));

/** One conversation, without its timeline: a row in a list does not render for every message. */
export function useConversation(id: string):
  | {
      readonly conversation: Conversation;
      readonly state: ConversationState;
      readonly participants: readonly Participant[];
      readonly context: Labels;
    }
  | undefined {
  return useConversationView(id);
}

const useConversationView = conversationHook(
  shared((conversation: Conversation) => {
    const { state$, participants$, context$ } = conversation;
    return combine([state$, participants$, context$], () => ({
      conversation,
      state: state$.value,
      participants: participants$.value,
      context: context$.value,
    }));
  }),
);

/** Everything that happened in a conversation, oldest first. */
export function useTimeline(conversationId: string): Timeline | undefined {
  return useTimelineOf(conversationId);
}

const useTimelineOf = conversationHook(({ timeline$ }) => timeline$);

/** A messaging channel of a conversation with the state of the moment and who is typing. */
export function useChannel(
  conversationId: string,
  type: ChannelType,
): { readonly channel: ChatChannel; readonly state: ChatState; readonly typing: readonly string[] } | undefined {
  const found = useChannels(conversationId)?.get(type);
  return useValue(chatView(isChatChannel(found) ? found : undefined));
}

const chatView = shared((channel: ChatChannel) =>
  combine([channel.state$, channel.typing$], () => ({
    channel,
    state: channel.state$.value,
    typing: channel.typing$.value,
  })),
);

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
  const found = useChannels(conversationId)?.get('voice');
  return useValue(callView(isVoiceChannel(found) ? found : undefined));
}

const callView = shared((call: VoiceChannel) => {
  const { state$, participants$, quality$, recording } = call;
  const recording$ = select(recording.state$, (state) => ({ ...recording, state }));
  return combine([state$, participants$, quality$, recording$], () => ({
    call,
    state: state$.value,
    participants: participants$.value,
    quality: quality$.value,
    recording: recording$.value,
  }));
});

/** Whether work can reach the agent, and what keeps it away. */
export function useReadiness(): Readiness {
  return useOfClient(({ readiness$ }) => readiness$);
}

/** Microphone and speaker, and the commands that act on them. */
export function useDevices(): { readonly devices: Devices; readonly state: DevicesState } {
  return useOfClient(({ devices }) => devicesView(devices));
}

const devicesView = shared((devices: Devices) => select(devices.state$, (state) => ({ devices, state })));

/** Whether this tab leads, and the command that makes it lead. */
export function useTabs(): { readonly tabs: Tabs; readonly state: TabsState } {
  return useOfClient(({ tabs }) => tabsView(tabs));
}

const tabsView = shared((tabs: Tabs) => select(tabs.state$, (state) => ({ tabs, state })));

/** For every action of a task: whether it is possible, why not, and `run`, which stays the same function. */
export function useControls(taskId: string): TaskControls {
  return useControlsOf(taskId) ?? noControls;
}

type TaskControls = {
  readonly [Action in keyof Runners]: Can & { readonly run: Runners[Action] };
} & {
  readonly can: (action: TaskAction) => Can;
};

const useControlsOf = taskHook(
  shared((task: Task) => {
    const run = runners(task);
    return select(task.controls$, (controls) =>
      toControls(run, (action) => controls[action] ?? { allowed: false, reason: 'not-supported' }),
    );
  }),
);

const noControls = toControls(runners(undefined), () => ({ allowed: false, reason: 'closed' }));

function toControls(run: Runners, can: (action: TaskAction) => Can): TaskControls;
function toControls(runs: object, can: (action: TaskAction) => Can): object {
  const toControl = ([action, run]: [string, unknown]) => [action, { ...can(action), run }] as const;
  return { ...Object.fromEntries(Object.entries(runs).map(toControl)), can };
}

/** The after-work of a task. */
export function useWrapUp(taskId: string):
  | (Pick<WrapUp, 'save' | 'extend' | 'complete'> & {
      readonly state: WrapUpState;
      readonly dispositions: readonly Disposition[];
      readonly draft: WrapUpDraft;
    })
  | undefined {
  return useWrapUpView(taskId);
}

const useWrapUpView = taskHook(
  shared(({ wrapUp }: Task) => {
    const { state$, dispositions$, draft$ } = wrapUp;
    return combine([state$, dispositions$, draft$], () => ({
      ...wrapUp,
      state: state$.value,
      dispositions: dispositions$.value,
      draft: draft$.value,
    }));
  }),
);

/** The channels of a conversation, by kind. */
export const useChannels: (conversationId: string) => ReadonlyMap<string, Channel> | undefined = conversationHook(
  ({ channels$ }) => channels$,
);
