import type { Observable } from 'rxjs';
import type { ChannelInfo, Participant } from '../conversation/conversation-state';
import type { Labels } from '../conversation/labels';
import type { Environment } from '../environment/environment';
import type { ErrorShape } from '../errors';
import type { Live } from '../live';
import type { AgentCommands, AgentPush, CallTarget, ParkedRecord, PhoneReport } from '../protocol/agent-frames';
import type { CallbackRecord, InvitationRecord, TaskRecord } from '../protocol/log-entry';
import type { AudioLevels, CallParticipant, CallSnapshot } from './call';
import type { CallTask, CallTaskHost, Circumstances, Controls } from './call-task';
import type { Can } from './capability';
import type { CommandOptions, ControlPlaneLink } from './control-plane';
import type { People } from './people';
import type { ReadinessCheck } from './readiness';
import type { TokenKind, Tokens, TokenStatus } from './token-provider';
import type { VoiceChannel } from './voice-channel';

/**
 * A voice service's provider, such as `acsVoice()` of `onescreen/acs/calling`. Build one of your own with
 * `createVoice()` of `onescreen/voice`, which brings all that is the same for every service.
 */
export interface VoiceProvider {
  readonly channel: 'voice';
  /** Matches `provider` of the channel's opening in the log. */
  readonly name: string;
  /** Kinds of tokens of the audience `calling` that it can work with; another is refused at sign-in with `agent/identity-mismatch`. */
  readonly tokenKinds: readonly TokenKind[];
  /** The voice of a desk or of a customer's page. Returns at once; registering goes on behind its phone's `state$`. */
  open(context: VoiceContext): Voice;
}

export interface VoiceContext extends Omit<PhoneContext, 'tabs'> {
  /** What all tabs of one agent are called, which then share one phone. Left out: this page is alone. */
  readonly tabs?: string;
  /** How the tokens of the audience `calling` do. */
  readonly tokenStatus$: Live<TokenStatus | undefined>;
  /** Whether the control plane can be told now. */
  readonly online$: Live<boolean>;
  /** Puts the meeting on hold that is connected, before a call becomes active. Left out: there are none. */
  readonly holdMeetings?: () => Promise<void>;
  /** Whether the call of this correlation is to be answered muted. Left out: none is. */
  readonly isMuted?: (correlationId: string) => boolean;
  /** Tells the control plane how the phone stands, each time that changes. Left out on customers' pages. */
  readonly report?: (report: PhoneReport) => Promise<unknown>;
}

/** What a client does calls with. */
export interface Voice {
  readonly phone: Phone;
  readonly tabs: Tabs;
  /**
   * Resolves once nothing speaks against the sign-in.
   * @throws ContactCenterError `agent/identity-mismatch` for a token of a kind that the provider cannot work with
   */
  ready(): Promise<void>;
  /** What must hold for calls to reach this desk. */
  readonly terms$: Live<Readonly<Record<string, ReadinessCheck>>>;
  /** The channel of one call, for its conversation. */
  channel(call: CallHost): CallChannel;
  /** As the phone's, and meanwhile its channel is `connecting`. */
  dial(request: DialRequest): Promise<void>;
  /**
   * Calls somebody as the agent: the control plane opens the conversation, `taken` its task, and this phone dials where it
   * is told to.
   */
  call<T extends { end(): Promise<void> }>(
    to: CallTarget,
    options: ({ readonly queueId?: string; readonly context?: Labels } & CommandOptions) | undefined,
    command: ControlPlaneLink['command'],
    taken: (answer: AgentCommands['call/dial']['result']) => T,
  ): Promise<T>;
  /**
   * Puts the call on hold that is connected; none is: no effect.
   * @throws ContactCenterError `command/not-allowed` with the reason `emergency-call`, or as the hold does
   */
  holdActive(): Promise<void>;
  /** What calls, and whom an agent brings in, make of a task's controls; `found` are those of everything else. */
  readonly controls: (task: TaskRecord, circumstances: Circumstances, found: Controls) => Controls;
  /** What a task's agent can do because it may have a call. */
  task(host: CallTaskHost): CallTask;
  /** Customers on hold for whoever takes them, and promises to call back. Times are this desk's. */
  readonly parked$: Live<readonly ParkedRecord[]>;
  readonly callbacks$: Live<readonly CallbackRecord[]>;
  /** Takes in what the control plane says. `ahead`: how much this desk's clock is ahead of its, in milliseconds. */
  receive(push: AgentPush, ahead: number): void;
  close(): Promise<void>;
}

/** A voice channel, and the end of its lifetime. */
export interface CallChannel extends VoiceChannel {
  /** Takes this side out of the call, which goes on for others. */
  close(): Promise<void>;
}

/** What a call's channel needs of the conversation it belongs to. */
export interface CallHost {
  readonly channelId: string;
  /** The channel as the log states it. */
  readonly info$: Live<ChannelInfo>;
  /** Whoever looks at it, as the log states them; undefined until it does. */
  readonly self$: Live<Participant | undefined>;
  /** What the log states of the conversation: whether the customer was asked into the call, and has not come yet. */
  readonly snapshot$?: Live<{ readonly invitations: ReadonlyMap<string, InvitationRecord> }>;
  readonly command: CallCommand;
  /** Ends the call for everyone. */
  end(options: CommandOptions | undefined): Promise<void>;
}

/** Sends a command about a call to the control plane. */
export type CallCommand = <Name extends CallCommandName>(
  name: Name,
  args: Omit<AgentCommands[Name]['args'], 'conversationId' | 'channelId'>,
  options?: CommandOptions,
) => Promise<unknown>;

export type CallCommandName =
  'call/hold' | 'call/resume' | 'call/tones' | 'call/add' | 'call/remove' | 'call/mute' | 'call/record' | 'call/rejoin';

/** Whose phone it is and what it may use. */
export interface PhoneContext {
  readonly self: {
    readonly id: string;
    readonly displayName: string;
    readonly providerRefs: Readonly<Record<string, string>>;
  };
  readonly tokens: Tokens;
  readonly environment: Environment;
  readonly tabs: TabsLink;
}

/** The tabs that one agent has open in one browser. One leads: it owns the media and rings; the others mirror it. */
export interface Tabs {
  readonly state$: Live<TabsState>;
  /** Makes this tab the leading one. A call in the tab that led so far is lost there and can be rejoined here. */
  takeOver(): Promise<void>;
}

export interface TabsState {
  /** This tab's id; another one after every sign-in. */
  readonly id: string;
  /** True in the one tab that rings and owns the media. */
  readonly leading: boolean;
}

/** One tab among those of one agent in one browser. */
export interface TabsLink {
  readonly id: string;
  /** True in the one tab that owns the media. */
  readonly leading$: Live<boolean>;
  /** What the other tabs say. */
  readonly messages$: Observable<unknown>;
  /** Tells the other tabs. */
  post(message: unknown): void;
}

/** A call that the control plane is about to ring this agent for; it is answered when it comes. */
export interface ExpectedCall {
  /** Travels in the call's custom context. */
  readonly correlationId: string;
  readonly channelId: string;
  readonly conversationId: string;
  /** Ids under which the provider may know the call, for when the custom context does not arrive. */
  readonly callIds: readonly string[];
  /** Until when it is expected, epoch milliseconds. */
  readonly expiresAt: number;
  readonly muted?: boolean;
}

/** A call to make from this phone. */
export interface DialRequest {
  readonly channelId: string;
  readonly conversationId: string;
  readonly correlationId: string;
  readonly to: CallTarget;
  /** Object id of the resource account on whose behalf a Teams Phone extensibility agent calls. */
  readonly onBehalfOf?: string;
  readonly muted?: boolean;
}

/**
 * A desk's phone. In the leading tab it holds the media; in the others it mirrors the leading one and hands commands
 * over to it, so that each can act. After `close` nothing is emitted and nothing is left.
 */
export interface Phone {
  readonly state$: Live<PhoneState>;
  /** Who else is in the call of a channel. Apart from the state: somebody begins or stops speaking all the time. */
  people$(channelId: string): Live<People<CallParticipant>>;
  /** Told in every tab; the leading one answers the call when it comes. Again with the same `correlationId`: no effect. */
  expect(call: ExpectedCall): void;
  /** The call is not expected any more: rings of it are turned away. */
  forget(correlationId: string): void;
  /** @throws ContactCenterError `call/…`, `device/…`, `agent/unreachable` when the phone is not registered */
  dial(request: DialRequest): Promise<void>;
  mute(channelId: string): Promise<void>;
  unmute(channelId: string): Promise<void>;
  hold(channelId: string): Promise<void>;
  resume(channelId: string): Promise<void>;
  /** `tones`: of `0`-`9`, `*`, `#`, `A`-`D`. */
  sendDtmf(channelId: string, tones: string): Promise<void>;
  addParticipant(channelId: string, who: CallTarget): Promise<void>;
  removeParticipant(channelId: string, participantId: string): Promise<void>;
  /** Mutes somebody else, who can unmute. */
  muteParticipant(channelId: string, participantId: string): Promise<void>;
  /** Gives the other side of a call of two to somebody else. */
  transfer(channelId: string, to: CallTarget | { readonly voicemail: string }): Promise<void>;
  /** Takes this side out of the call; the call goes on for others. */
  hangUp(channelId: string): Promise<void>;
  /** Sampled about five times a second, only while subscribed. Silent in tabs that do not own the media. */
  levels$(channelId: string): Observable<AudioLevels>;
  /** Asks for the microphone, with the browser's own question. Resolves also when the answer is no. */
  askPermission(): Promise<DevicesState>;
  selectMicrophone(id: string): Promise<void>;
  selectSpeaker(id: string): Promise<void>;
  /** To be called in a click: browsers play no sound before one. */
  unlockAudio(): Promise<void>;
  /** Loudness of the microphone, 0 to 1, only while subscribed. */
  readonly microphoneLevel$: Observable<number>;
  /** Checks devices, audio and network before a call. */
  preflight(): Promise<Preflight>;
  /** Unstable: the provider's own call, in the tab that owns the media. */
  native(channelId: string): unknown;
  close(): Promise<void>;
}

/** All there is to know of a phone: plain data, the same in every tab. */
export interface PhoneState {
  readonly registration: Registration;
  readonly devices: DevicesState;
  /** Calls that have not ended, and those that ended last, by channel. */
  readonly calls: readonly CallSnapshot[];
  /** Whether the media is in this tab, in another one, or nowhere at the moment. */
  readonly media: 'here' | 'other-tab' | 'nowhere';
}

/** Whether calls can reach this phone. `lost`: it is tried again by itself; `refused`: it is not, `error` says why. */
export interface Registration {
  readonly status: 'registering' | 'registered' | 'lost' | 'refused' | 'closed';
  readonly error?: ErrorShape;
}

export interface DeviceInfo {
  readonly id: string;
  readonly name: string;
}

export interface DevicesState {
  /** `denied` stays denied over reloads: `remedy` says how to undo it. */
  readonly permission: 'unknown' | 'granted' | 'denied' | 'unavailable';
  /** For people: what to do about it. */
  readonly remedy?: string;
  readonly microphones: readonly DeviceInfo[];
  readonly speakers: readonly DeviceInfo[];
  readonly microphone?: string;
  readonly speaker?: string;
  /** Some browsers do not let a page choose the speaker. */
  readonly speakerSelection: Can;
  /** Whether sound can be played; browsers want a click first. */
  readonly audio: 'unlocked' | 'blocked';
}

/** What a check before a call found. Each is `ok` or says what is wrong. */
export interface Preflight {
  readonly browser: PreflightResult;
  readonly microphone: PreflightResult;
  readonly speaker: PreflightResult;
  readonly network: PreflightResult;
}

export interface PreflightResult {
  readonly ok: boolean;
  readonly detail?: string;
}
