import {
  ContactCenterError,
  combine,
  createLive,
  sameValues,
  select,
  withCommandOptions,
  type AudioLevels,
  type CallAction,
  type CallCapabilities,
  type CallChannel,
  type CallCommand,
  type CallCommandName,
  type CallHost,
  type CallParticipant,
  type CallQuality,
  type CallSnapshot,
  type CallTarget,
  type Cancel,
  type Capability,
  type ChannelInfo,
  type Clock,
  type CommandOptions,
  type Live,
  type Participant,
  type People,
  type Phone,
  type Recording,
  type VoiceState,
} from 'onescreen';
import { noCallCapabilities } from './no-call-capabilities';
import { filter, firstValueFrom, type Observable, type Subscription } from 'rxjs';

/** What the channel works with, beside the conversation it belongs to. */
export interface CallParts {
  readonly clock: Clock;
  readonly phone: Phone;
  /** Whether this side is about to be brought in. */
  readonly awaited$: Live<boolean>;
  /** Puts the other calls in progress on hold. */
  readonly holdOthers: () => Promise<void>;
  readonly closed: () => void;
}

/**
 * How long a call may go on here after its channel has closed, in milliseconds (chosen): what carries it ends it, and
 * says why. One that does not would leave the agent on an open line unseen. A customer who was transferred stays.
 */
const lingerMs = 2_000;

/** Most that a customer's call may take to ring here after they have accepted to be in it, milliseconds (chosen). */
const comesWithinMs = 10_000;

/** Most that a transfer by this desk may take, milliseconds: the service gives it 60 s, and the phone tells of that. */
const transferWithinMs = 65_000;

type Snapshot = NonNullable<CallHost['snapshot$']>['value'];

/** Where nobody can be asked into a call. */
const never = createLive(false).live;

const unknownQuality: CallQuality = { rating: 'unknown', problems: [] };

export class PhoneVoiceChannel implements CallChannel {
  readonly id: string;
  readonly type = 'voice';
  readonly state$: Live<VoiceState>;
  readonly participants$: Live<readonly CallParticipant[]>;
  readonly people$: Live<People<CallParticipant>>;
  readonly capabilities$: Live<CallCapabilities>;
  readonly quality$: Live<CallQuality>;
  readonly levels$: Observable<AudioLevels>;
  readonly recording: Recording;
  readonly #host: CallHost;
  readonly #parts: CallParts;
  readonly #watching: Subscription;
  readonly #asked = createLive(false);
  #cancelLeaving: Cancel = () => {};
  #cancelAsked: Cancel = () => {};

  constructor(host: CallHost, parts: CallParts) {
    const { channelId: id, self$, snapshot$ } = host;
    const { phone, awaited$ } = parts;
    const asked$ = snapshot$ === undefined ? never : select(snapshot$, (snapshot) => isInvited(snapshot, id));
    this.id = id;
    this.#host = host;
    this.#parts = parts;
    const call$ = select(phone.state$, ({ calls }) => calls.find((call) => call.channelId === id));
    const info$ = combine([host.info$, call$, self$], () => seenBy(self$.value, call$.value, host.info$.value));
    const media$ = select(phone.state$, (state) => state.media);
    this.state$ = combine(
      [call$, info$, self$, awaited$, this.#asked.live, media$],
      () => {
        const rings = this.#asked.value && call$.value === undefined;
        const comes = awaited$.value ? 'connecting' : rings ? 'ringing' : undefined;
        return voiceState(call$.value, info$.value, self$.value, comes, media$.value);
      },
      (a, b) =>
        sameValues({ ...a, connectedAt: a.connectedAt?.getTime() }, { ...b, connectedAt: b.connectedAt?.getTime() }),
    );
    /** The call in which the other side has been. */
    let answeredId: string | undefined;
    this.capabilities$ = combine(
      [call$, info$, media$],
      () => {
        const call = call$.value;
        if (call?.answered === true) answeredId = call.id;
        return capabilitiesFor(call, info$.value, media$.value, call !== undefined && call.id === answeredId);
      },
      sameCapabilities,
    );
    this.people$ = phone.people$(id);
    this.participants$ = select(this.people$, (people) => people.slice());
    this.quality$ = select(call$, (call) => call?.quality ?? unknownQuality);
    this.levels$ = phone.levels$(id);
    this.recording = {
      state$: select(info$, ({ recording }) => recording),
      start: (options) => this.#record('start', options),
      pause: (options) => this.#record('pause', options),
      resume: (options) => this.#record('resume', options),
      stop: (options) => this.#record('stop', options),
    };
    this.#watching = asked$.subscribe((asked) => {
      this.#cancelAsked();
      if (asked || !this.#asked.value) this.#asked.set(asked);
      else this.#cancelAsked = parts.clock.schedule(comesWithinMs, () => this.#asked.set(false));
    });
    const open$ = select(info$, ({ open }) => open);
    const leaving = open$.subscribe((open) => {
      if (!open && this.#isUp) this.#cancelLeaving = parts.clock.schedule(lingerMs, () => this.#leave());
    });
    this.#watching.add(leaving);
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

  async resume(options?: CommandOptions): Promise<void> {
    const { resume } = this.capabilities$.value;
    // One call is active at a time; what the phone itself resumes, it makes room for.
    if (resume.supported && resume.executor === 'controlPlane') await this.#parts.holdOthers();
    return this.#run('resume', options, (phone) => phone.resume(this.id), ['call/resume', {}]);
  }

  sendDtmf(tones: string, options?: CommandOptions): Promise<void> {
    if (!/^[0-9*#A-D]+$/.test(tones))
      return Promise.reject(invalid('send tones', 'tones', 'they are not 0-9, *, #, A-D'));
    return this.#run('dtmf', options, (phone) => phone.sendDtmf(this.id, tones), ['call/tones', { tones }]);
  }

  addParticipant(who: CallTarget, options?: CommandOptions): Promise<void> {
    return this.#run(
      'teamsUser' in who ? 'addTeamsUser' : 'addParticipant',
      options,
      (phone) => phone.addParticipant(this.id, who),
      ['call/add', { to: who }],
    );
  }

  removeParticipant(participantId: string, options?: CommandOptions): Promise<void> {
    return this.#run('removeParticipant', options, (phone) => phone.removeParticipant(this.id, participantId), [
      'call/remove',
      { participantId },
    ]);
  }

  muteParticipant(participantId: string, options?: CommandOptions): Promise<void> {
    return this.#run('muteParticipant', options, (phone) => phone.muteParticipant(this.id, participantId), [
      'call/mute',
      { participantId },
    ]);
  }

  transfer(to: CallTarget | { readonly voicemail: string }, options?: CommandOptions): Promise<void> {
    return this.#run(transferAction(to), { timeoutMs: transferWithinMs, ...options }, (phone) =>
      phone.transfer(this.id, to),
    );
  }

  async rejoin(options?: CommandOptions): Promise<void> {
    if (this.state$.value.status !== 'lost') return;
    await withCommandOptions(this.#parts.clock, options, 'rejoin', async () => {
      await this.#registered();
      await this.#host.command('call/rejoin', {}, options);
    });
  }

  /** Right after a reload the phone is not registered yet, and nothing could ring it. */
  async #registered(): Promise<void> {
    const settled$ = this.#parts.phone.state$.pipe(
      filter(({ registration: { status } }) => status !== 'registering' && status !== 'lost'),
    );
    const { registration } = await firstValueFrom(settled$, { defaultValue: this.#parts.phone.state$.value });
    if (registration.status === 'registered') return;
    throw new ContactCenterError('agent/unreachable', 'unable to rejoin; the phone is not registered');
  }

  hangUp(options?: CommandOptions): Promise<void> {
    return this.#host.end(options);
  }

  native(): unknown {
    return this.#parts.phone.native(this.id);
  }

  /** Leaves the call, which goes on for others. */
  async close(): Promise<void> {
    this.#watching.unsubscribe();
    this.#cancelLeaving();
    this.#cancelAsked();
    this.#parts.closed();
    const { status } = this.state$.value;
    if (status === 'lost' || (status === 'closed' && !this.#isUp)) return;
    await this.#parts.phone.hangUp(this.id).catch(() => {});
  }

  get #isUp(): boolean {
    return this.#parts.phone.state$.value.calls.some(
      ({ channelId, status }) => channelId === this.id && status !== 'ended',
    );
  }

  #leave(): void {
    if (this.#isUp && this.#parts.phone.state$.value.media === 'here')
      this.#parts.phone.hangUp(this.id).catch(() => {});
  }

  #record(step: 'start' | 'pause' | 'resume' | 'stop', options: CommandOptions | undefined): Promise<void> {
    const only = () =>
      Promise.reject(new ContactCenterError('command/not-allowed', 'unable to record; needs-control-plane'));
    return this.#run('record', options, only, ['call/record', { step }]);
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
    if (capability.executor === 'client') {
      await withCommandOptions(this.#parts.clock, options, action, () => here(this.#parts.phone));
    } else if (there !== undefined) {
      await this.#host.command(there[0], there[1], options);
    } else {
      const why = 'the control plane does it: use task.transfer';
      throw new ContactCenterError('command/not-allowed', `unable to ${action}; ${why}`, { field: action });
    }
  }
}

/** The channel as far as it goes for this side: a customer who was transferred goes on with the call, which nobody here controls any more. */
function seenBy(self: Participant | undefined, call: CallSnapshot | undefined, info: ChannelInfo): ChannelInfo {
  const goesOn = info.closedBecause === 'transferred' && self?.role === 'customer' && isInProgress(call);
  return goesOn ? { ...info, open: true, held: false, recording: 'off', actions: [] } : info;
}

function isInProgress(call: CallSnapshot | undefined): call is CallSnapshot {
  return call !== undefined && call.status !== 'ended';
}

/** Whether the customer was asked into the call and has not answered: what has not begun cannot have been lost. */
function isInvited({ invitations }: Snapshot, callId: string): boolean {
  return [...invitations.values()].some(({ channelId, status }) => channelId === callId && status === 'open');
}

function voiceState(
  call: CallSnapshot | undefined,
  info: ChannelInfo,
  self: Participant | undefined,
  comes: VoiceState['status'] | undefined,
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
    status: statusOf(call, info, self, comes),
    ...(connectedAt !== undefined && { connectedAt: new Date(connectedAt) }),
    muted,
    mutedByOthers,
    recording: info.recording === 'on' || call?.recording === true,
    transcription,
    emergency,
    media: isInProgress(call) ? media : 'nowhere',
    ...(end !== undefined && { end }),
  };
}

function statusOf(
  call: CallSnapshot | undefined,
  info: ChannelInfo,
  self: Participant | undefined,
  comes: VoiceState['status'] | undefined,
): VoiceState['status'] {
  if (!info.open) return 'closed';
  if (!isInProgress(call)) {
    if (comes !== undefined) return comes;
    // Whoever has left, having handed the customer over for instance, has lost nothing.
    return self?.present === false ? 'closed' : 'lost';
  }
  if (call.status === 'held' || call.status === 'remote-held' || info.held) return 'held';
  if (call.status === 'connecting') return 'connecting';
  if (call.status !== 'connected') return 'ringing';
  // Connected to the control plane while it still rings for the other side.
  return call.answered ? 'connected' : 'ringing';
}

function capabilitiesFor(
  call: CallSnapshot | undefined,
  { open, held, actions }: ChannelInfo,
  media: VoiceState['media'],
  wasAnswered: boolean,
): CallCapabilities {
  if (!open) return noCallCapabilities('closed');
  if (!isInProgress(call) || media === 'nowhere') return noCallCapabilities('not-connected');
  const given = call.capabilities;
  const reach = (action: CallAction, capability: Capability = given[action]): Capability =>
    capability.supported && capability.executor === 'controlPlane' && !actions.includes(controlPlaneAction(action))
      ? { supported: false, reason: 'needs-control-plane' }
      : capability;
  const no = { supported: false, reason: 'wrong-state' } as const;
  // Through the control plane they reach the other side, which only rings as yet.
  const toOther = (action: 'hold' | 'dtmf'): Capability => {
    const capability = reach(action);
    return call.status === 'connected' && !wasAnswered && capability.supported && capability.executor === 'controlPlane'
      ? { ...no, detail: 'the other side has not answered yet' }
      : capability;
  };
  // What the control plane holds, only it knows.
  const byControlPlane = given.hold.supported && given.hold.executor === 'controlPlane';
  return {
    mute: reach('mute'),
    unmute: reach('unmute'),
    hold: byControlPlane && held ? no : toOther('hold'),
    resume: byControlPlane ? (held ? reach('hold') : no) : reach('resume'),
    dtmf: toOther('dtmf'),
    addParticipant: reach('addParticipant'),
    removeParticipant: reach('removeParticipant'),
    muteParticipant: reach('muteParticipant'),
    record: reach('record'),
    transferToPhone: reach('transferToPhone'),
    transferToTeamsUser: reach('transferToTeamsUser'),
    transferToVoicemail: reach('transferToVoicemail'),
    addTeamsUser: reach('addTeamsUser'),
    hangUp: reach('hangUp'),
  };
}

function transferAction(to: CallTarget | { readonly voicemail: string }): CallAction {
  if ('voicemail' in to) return 'transferToVoicemail';
  return 'teamsUser' in to ? 'transferToTeamsUser' : 'transferToPhone';
}

function controlPlaneAction(action: CallAction): CallAction {
  return action === 'resume' ? 'hold' : action;
}

function sameCapabilities(a: CallCapabilities, b: CallCapabilities): boolean {
  return Object.entries(a).every(([action, capability]) => {
    const other: Capability | undefined = Object.entries(b).find(([name]) => name === action)?.[1];
    return other !== undefined && sameValues(capability, other);
  });
}

function invalid(what: string, field: string, why: string): ContactCenterError {
  return new ContactCenterError('command/invalid', `unable to ${what}; ${why}`, { field });
}
