import type { Observable } from 'rxjs';
import type { ChannelInfo } from '../conversation/conversation-state';
import type { Clock } from '../environment/clock';
import { ContactCenterError } from '../errors';
import { combine, sameValues, select, type Live } from '../live';
import type { AgentCommands, CallTarget } from '../protocol/agent-frames';
import {
  noCallCapabilities,
  type AudioLevels,
  type CallAction,
  type CallCapabilities,
  type CallEnd,
  type CallParticipant,
  type CallQuality,
  type CallSnapshot,
} from '../provider/call';
import type { Capability } from '../provider/capability';
import type { CommandOptions } from '../provider/control-plane';
import type { Phone } from '../provider/voice-provider';
import { withCommandOptions } from './command-options';

/** A call of a conversation. Each action goes to this desk's phone or to the control plane, as the capabilities say. */
export interface VoiceChannel {
  readonly id: string;
  readonly type: 'voice';
  readonly state$: Live<VoiceState>;
  readonly participants$: Live<readonly CallParticipant[]>;
  /** Who can do what now; `task.controls$` takes it into account. */
  readonly capabilities$: Live<CallCapabilities>;
  readonly quality$: Live<CallQuality>;
  /** Sampled about five times a second, only while subscribed. Silent in tabs that do not own the media. */
  readonly levels$: Observable<AudioLevels>;
  /** @throws ContactCenterError `command/not-allowed` with the reason where `task.can('mute')` says so, `call/…` */
  mute(options?: CommandOptions): Promise<void>;
  unmute(options?: CommandOptions): Promise<void>;
  /** Puts the customer on hold. */
  hold(options?: CommandOptions): Promise<void>;
  resume(options?: CommandOptions): Promise<void>;
  /** Dials tones: `0`-`9`, `*`, `#`, `A`-`D`. */
  sendDtmf(tones: string, options?: CommandOptions): Promise<void>;
  addParticipant(who: CallTarget, options?: CommandOptions): Promise<void>;
  removeParticipant(participantId: string, options?: CommandOptions): Promise<void>;
  /** Gets back into the call, after a reload for instance. */
  rejoin(options?: CommandOptions): Promise<void>;
  /** Ends the call for everyone. */
  hangUp(options?: CommandOptions): Promise<void>;
  /** Unstable: the provider's own call, in the tab that owns the media. */
  native(): unknown;
}

/**
 * How a call stands for the one who looks at it. `connecting`: this side is being brought in; `lost`: the call goes on
 * without this side, `rejoin` brings it back.
 */
export interface VoiceState {
  readonly status: 'connecting' | 'ringing' | 'connected' | 'held' | 'lost' | 'closed';
  /** When this side was first connected. */
  readonly connectedAt?: Date;
  readonly muted: boolean;
  readonly mutedByOthers: boolean;
  /** Somebody records or transcribes: show it; it cannot be switched off. */
  readonly recording: boolean;
  readonly transcription: boolean;
  readonly emergency: boolean;
  /** Where this side's media is. */
  readonly media: 'here' | 'other-tab' | 'nowhere';
  /** Why this side's part ended, once it has. */
  readonly end?: CallEnd;
}

/** What the channel needs of the conversation it belongs to. */
export interface VoiceChannelHost {
  readonly clock: Clock;
  readonly phone: Phone;
  /** The channel as the log states it. */
  readonly info$: Live<ChannelInfo>;
  /** Whether this side is about to be brought in. */
  readonly awaited$: Live<boolean>;
  command: CallCommand;
  end(options: CommandOptions | undefined): Promise<void>;
}

/** Sends a command about this call to the control plane. */
export type CallCommand = <Name extends CallCommandName>(
  name: Name,
  args: Omit<AgentCommands[Name]['args'], 'conversationId' | 'channelId'>,
  options?: CommandOptions,
) => Promise<unknown>;

type CallCommandName = 'call/hold' | 'call/resume' | 'call/tones' | 'call/add' | 'call/remove' | 'call/rejoin';

const unknownQuality: CallQuality = { rating: 'unknown', problems: [] };
const nobody: readonly CallParticipant[] = [];

export class PhoneVoiceChannel implements VoiceChannel {
  readonly id: string;
  readonly type = 'voice';
  readonly state$: Live<VoiceState>;
  readonly participants$: Live<readonly CallParticipant[]>;
  readonly capabilities$: Live<CallCapabilities>;
  readonly quality$: Live<CallQuality>;
  readonly levels$: Observable<AudioLevels>;
  readonly #host: VoiceChannelHost;

  constructor(id: string, host: VoiceChannelHost) {
    this.id = id;
    this.#host = host;
    const { phone, info$, awaited$ } = host;
    const call$ = select(phone.state$, ({ calls }) => calls.find((call) => call.channelId === id));
    const media$ = select(phone.state$, (state) => state.media);
    this.state$ = combine(
      [call$, info$, awaited$, media$],
      () => voiceState(call$.value, info$.value, awaited$.value, media$.value),
      (a, b) =>
        sameValues({ ...a, connectedAt: a.connectedAt?.getTime() }, { ...b, connectedAt: b.connectedAt?.getTime() }),
    );
    this.capabilities$ = combine(
      [call$, info$, media$],
      () => capabilitiesFor(call$.value, info$.value, media$.value),
      sameCapabilities,
    );
    this.participants$ = select(call$, (call) => call?.participants ?? nobody);
    this.quality$ = select(call$, (call) => call?.quality ?? unknownQuality);
    this.levels$ = phone.levels$(id);
  }

  mute(options?: CommandOptions): Promise<void> {
    return this.#run('mute', options, (phone) => phone.mute(this.id));
  }

  unmute(options?: CommandOptions): Promise<void> {
    return this.#run('unmute', options, (phone) => phone.unmute(this.id));
  }

  hold(options?: CommandOptions): Promise<void> {
    return this.#run('hold', options, (phone) => phone.hold(this.id), ['call/hold', {}]);
  }

  resume(options?: CommandOptions): Promise<void> {
    return this.#run('resume', options, (phone) => phone.resume(this.id), ['call/resume', {}]);
  }

  sendDtmf(tones: string, options?: CommandOptions): Promise<void> {
    if (!/^[0-9*#A-D]+$/.test(tones))
      return Promise.reject(invalid('send tones', 'tones', 'they are not 0-9, *, #, A-D'));
    return this.#run('dtmf', options, (phone) => phone.sendDtmf(this.id, tones), ['call/tones', { tones }]);
  }

  addParticipant(who: CallTarget, options?: CommandOptions): Promise<void> {
    return this.#run('addParticipant', options, (phone) => phone.addParticipant(this.id, who), [
      'call/add',
      { to: who },
    ]);
  }

  removeParticipant(participantId: string, options?: CommandOptions): Promise<void> {
    return this.#run('removeParticipant', options, (phone) => phone.removeParticipant(this.id, participantId), [
      'call/remove',
      { participantId },
    ]);
  }

  async rejoin(options?: CommandOptions): Promise<void> {
    if (this.state$.value.status !== 'lost') return;
    await this.#host.command('call/rejoin', {}, options);
  }

  hangUp(options?: CommandOptions): Promise<void> {
    return this.#host.end(options);
  }

  native(): unknown {
    return this.#host.phone.native(this.id);
  }

  /** Leaves the call, which goes on for others. */
  async close(): Promise<void> {
    const { status } = this.state$.value;
    if (status === 'closed' || status === 'lost') return;
    await this.#host.phone.hangUp(this.id).catch(() => {});
  }

  async #run(
    action: CallAction,
    options: CommandOptions | undefined,
    here: (phone: Phone) => Promise<void>,
    there?: readonly [name: CallCommandName, args: Parameters<CallCommand>[1]],
  ): Promise<void> {
    const capability = this.capabilities$.value[action];
    if (!capability.supported) {
      const why = capability.detail ?? capability.reason;
      throw new ContactCenterError('command/not-allowed', `unable to ${action}; ${why}`, { field: action });
    }
    if (capability.executor === 'controlPlane' && there !== undefined) {
      await this.#host.command(there[0], there[1], options);
    } else {
      await withCommandOptions(this.#host.clock, options, action, () => here(this.#host.phone));
    }
  }
}

function voiceState(
  call: CallSnapshot | undefined,
  info: ChannelInfo,
  awaited: boolean,
  media: VoiceState['media'],
): VoiceState {
  const {
    muted = false,
    mutedByOthers = false,
    transcription = false,
    emergency = false,
    connectedAt,
    end,
  } = call ?? {};
  return {
    status: statusOf(call, info, awaited),
    ...(connectedAt !== undefined && { connectedAt: new Date(connectedAt) }),
    muted,
    mutedByOthers,
    recording: info.recording || call?.recording === true,
    transcription,
    emergency,
    media: call === undefined || call.status === 'ended' ? 'nowhere' : media,
    ...(end !== undefined && { end }),
  };
}

function statusOf(call: CallSnapshot | undefined, info: ChannelInfo, awaited: boolean): VoiceState['status'] {
  if (!info.open) return 'closed';
  if (call === undefined || call.status === 'ended') return awaited ? 'connecting' : 'lost';
  if (call.status === 'held' || call.status === 'remote-held' || info.held) return 'held';
  if (call.status === 'connecting') return 'connecting';
  if (call.status !== 'connected') return 'ringing';
  // Connected to the control plane while it still rings for the other side.
  return call.participants.some(({ status }) => status === 'connected' || status === 'held') ? 'connected' : 'ringing';
}

function capabilitiesFor(
  call: CallSnapshot | undefined,
  { open, held, actions }: ChannelInfo,
  media: VoiceState['media'],
): CallCapabilities {
  if (!open) return noCallCapabilities('closed');
  if (call === undefined || call.status === 'ended' || media === 'nowhere') return noCallCapabilities('not-connected');
  const given = call.capabilities;
  const reach = (action: CallAction, capability: Capability = given[action]): Capability =>
    capability.supported && capability.executor === 'controlPlane' && !actions.includes(controlPlaneAction(action))
      ? { supported: false, reason: 'needs-control-plane' }
      : capability;
  const no: Capability = { supported: false, reason: 'wrong-state' };
  // What the control plane holds, only it knows.
  const byControlPlane = given.hold.supported && given.hold.executor === 'controlPlane';
  return {
    mute: reach('mute'),
    unmute: reach('unmute'),
    hold: byControlPlane && held ? no : reach('hold'),
    resume: byControlPlane ? (held ? reach('hold') : no) : reach('resume'),
    dtmf: reach('dtmf'),
    addParticipant: reach('addParticipant'),
    removeParticipant: reach('removeParticipant'),
    muteParticipant: reach('muteParticipant'),
    record: reach('record'),
    hangUp: reach('hangUp'),
  };
}

function controlPlaneAction(action: CallAction): CallAction {
  return action === 'resume' ? 'hold' : action;
}

function sameCapabilities(a: CallCapabilities, b: CallCapabilities): boolean {
  return Object.entries(a).every(([action, capability]) => {
    const other: Capability | undefined = Object.entries(b).find(([name]) => name === action)?.[1];
    return other !== undefined && sameValues({ ...capability }, { ...other });
  });
}

function invalid(what: string, field: string, why: string): ContactCenterError {
  return new ContactCenterError('command/invalid', `unable to ${what}; ${why}`, { field });
}
