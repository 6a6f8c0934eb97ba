import {
  combine,
  ContactCenterError,
  createLive,
  type AudioLevels,
  type CallCapabilities,
  type CallEnd,
  type CallParticipant,
  type CallQuality,
  type CallTarget,
  type Clock,
  type Live,
} from 'onescreen';
import type { VoiceCall, VoiceCallState } from 'onescreen/voice';
import { defer, EMPTY, Subject, takeUntil, type Observable } from 'rxjs';
import { RateBudget } from '../rate-budget';
import type { CallHandle } from './agent-handle';
import { toCallEnd, toCallingError } from './calling-error';
import type { CallingSdk } from './calling-sdk';
import { capabilitiesOf, capabilityOf, type CallFacts } from './capabilities';
import type { CallOperation, CallShape, UnconfirmedCapabilities } from './capability-table';
import { participantStatusOf, statusOf } from './call-status';
import { toDtmfTones } from './dtmf';
import { parseRawId, toIdentifier } from './identifiers';
import { callLevels } from './levels';
import type { Persona } from './persona';
import { watchQuality } from './quality';
import { Roster } from './roster';
import { timeLimit } from './time-limit';
import { toTransferTarget, transferDone, transferOperation, type TransferTarget } from './transfer';

export interface AcsCallOptions {
  readonly handle: CallHandle;
  readonly direction: 'in' | 'out';
  readonly persona: Persona;
  /** What it is before anybody has been seen in it. */
  readonly shape: CallShape;
  readonly unconfirmed?: UnconfirmedCapabilities;
  readonly features: CallingSdk['Features'];
  readonly clock: Clock;
  readonly onConnected: () => void;
  readonly onEnded: (end: CallEnd) => void;
}

/** Muting and unmuting together. Source: azure-docs, communication-services known issues. */
const muteLimit = { count: 15, windowMs: 30_000 } as const;
const hangUpLimitMs = 10_000;

/** A call of the calling package as the phone sees it, until it has ended. */
export class AcsCall implements VoiceCall {
  readonly direction: 'in' | 'out';
  readonly capabilities$: Live<CallCapabilities>;
  readonly quality$: Live<CallQuality>;
  readonly levels$: Observable<AudioLevels>;
  readonly #handle: CallHandle;
  readonly #clock: Clock;
  readonly #options: AcsCallOptions;
  readonly #state: ReturnType<typeof createLive<VoiceCallState>>;
  readonly #shape: ReturnType<typeof createLive<CallShape>>;
  readonly #roster: Roster;
  readonly #over = new AbortController();
  readonly #ended = new Subject<void>();
  readonly #unhook: () => void;
  readonly #budget: RateBudget;
  #wasConnected = false;
  #wantsMuted: boolean | undefined;
  #muting: Promise<void> | undefined;
  #tones: Promise<void> = Promise.resolve();

  constructor(options: AcsCallOptions) {
    const { handle, direction, features, clock } = options;
    const { call } = handle;
    this.direction = direction;
    this.#options = options;
    this.#handle = handle;
    this.#clock = clock;
    this.#budget = new RateBudget(clock, [muteLimit]);
    this.#roster = new Roster(call);
    this.#shape = createLive(this.#shapeNow(options.shape));
    const recording = call.feature(features.Recording);
    const transcription = call.feature(features.Transcription);
    const read = (before: VoiceCallState): VoiceCallState => ({
      ...before,
      status: statusOf(call.state, before.status),
      muted: call.isMuted,
      mutedByOthers: before.mutedByOthers && call.isMuted,
      recording: recording.isRecordingActive,
      transcription: transcription.isTranscriptionActive,
      emergency: handle.kind === 'TeamsCall' && handle.call.isEmergencyCall === true,
    });
    this.#state = createLive<VoiceCallState>(read(silent));
    const update = () => this.#set(read(this.#state.value));
    const mutedByOthers = () => this.#set({ ...this.#state.value, mutedByOthers: true, muted: call.isMuted });
    const reshape = () => {
      this.#shape.set(this.#shapeNow(this.#shape.value));
      // That it is an emergency call has no event of its own.
      update();
    };
    call.on('stateChanged', update);
    call.on('isMutedChanged', update);
    call.on('mutedByOthers', mutedByOthers);
    call.on('remoteParticipantsUpdated', reshape);
    recording.on('isRecordingActiveChanged', update);
    transcription.on('isTranscriptionActiveChanged', update);
    const quality = watchQuality(call, features);
    this.quality$ = quality.live;
    const levels = callLevels(call, this.#roster.live, clock).pipe(takeUntil(this.#ended));
    this.levels$ = defer(() => (this.hasEnded ? EMPTY : levels));
    this.capabilities$ = combine([this.#state.live, this.#shape.live], () => capabilitiesOf(this.#facts));
    this.#unhook = () => {
      call.off('stateChanged', update);
      call.off('isMutedChanged', update);
      call.off('mutedByOthers', mutedByOthers);
      call.off('remoteParticipantsUpdated', reshape);
      recording.off('isRecordingActiveChanged', update);
      transcription.off('isTranscriptionActiveChanged', update);
      quality.stop();
    };
    this.#settle();
  }

  get state$(): Live<VoiceCallState> {
    return this.#state.live;
  }

  get participants$(): Live<readonly CallParticipant[]> {
    return this.#roster.live;
  }

  get hasEnded(): boolean {
    return this.#over.signal.aborted;
  }

  mute(): Promise<void> {
    return this.#setMuted(true);
  }

  unmute(): Promise<void> {
    return this.#setMuted(false);
  }

  async hold(): Promise<void> {
    this.#allow('hold', 'hold call');
    await this.#run('hold call', () => this.#handle.call.hold());
  }

  async resume(): Promise<void> {
    this.#allow('resume', 'resume call');
    await this.#run('resume call', () => this.#handle.call.resume());
  }

  async sendDtmf(tones: string): Promise<void> {
    const all = toDtmfTones(tones);
    this.#allow('dtmf', 'send tones');
    const sending = this.#tones.then(async () => {
      for (const tone of all) await this.#run('send tones', () => this.#handle.call.sendDtmf(tone));
    });
    this.#tones = sending.catch(() => {}); // Told to who sent them; the next ones go out all the same.
    await sending;
  }

  async addParticipant(who: CallTarget): Promise<void> {
    const target = toIdentifier(who);
    this.#allow('teamsUser' in who ? 'addTeamsUser' : 'addParticipant', 'add participant');
    if ('phone' in who && this.#roster.find(`4:${who.phone}`) !== undefined)
      this.#allow('addSamePhone', 'add participant');
    const handle = this.#handle;
    await this.#run('add participant', () => {
      if (handle.kind === 'TeamsCall') {
        handle.call.addParticipant(target.kind === 'acsUser' ? { id: target.id.communicationUserId } : target.id);
        return;
      }
      if (target.kind === 'phone') handle.call.addParticipant(target.id);
      else if (target.kind === 'acsUser' || target.kind === 'teamsUser') handle.call.addParticipant(target.id);
      else throw notAllowed('add participant', 'not-supported');
    });
  }

  async removeParticipant(participantId: string): Promise<void> {
    this.#allow('removeParticipant', 'remove participant');
    const participant = this.#roster.find(participantId);
    if (participant === undefined) return;
    if (participantStatusOf(participant.state) === 'connecting') this.#allow('cancelAdd', 'remove participant');
    const target = parseRawId(participantId, 'participantId');
    const handle = this.#handle;
    await this.#run('remove participant', () => {
      if (handle.kind === 'Call') return handle.call.removeParticipant(target.id);
      const named = target.kind === 'phone' || target.kind === 'teamsUser';
      return handle.call.removeParticipant(named ? target.id : { id: participantId });
    });
  }

  async muteParticipant(participantId: string): Promise<void> {
    this.#allow(participantId.startsWith('4:') ? 'mutePhone' : 'muteParticipant', 'mute participant');
    const participant = this.#roster.find(participantId);
    if (participant === undefined) throw new ContactCenterError('call/gone', 'unable to mute participant; it has left');
    await this.#run('mute participant', () => participant.mute());
  }

  async transfer(to: TransferTarget): Promise<void> {
    const target = toTransferTarget(to);
    this.#allow(transferOperation(to), 'transfer call');
    const { call } = this.#handle;
    const ended = new Promise<void>((resolve) => this.#ended.subscribe({ complete: resolve }));
    const begin = () => {
      const feature = call.feature(this.#options.features.Transfer);
      // Which of the two overloads it is has to be said.
      return 'targetParticipant' in target ? feature.transfer(target) : feature.transfer(target);
    };
    await this.#run('transfer call', () => transferDone(begin(), ended, this.#clock));
  }

  async hangUp(): Promise<void> {
    if (this.hasEnded) return;
    const ended = new Promise<void>((resolve) => this.#ended.subscribe({ complete: resolve }));
    try {
      const { call } = this.#handle;
      const all = Promise.all([call.hangUp({ forEveryone: false }), ended]).then(() => {});
      await timeLimit(this.#clock, hangUpLimitMs, all, () => {
        throw new ContactCenterError('command/timed-out', 'unable to hang up; the call did not end', {
          retryable: true,
        });
      });
    } catch (error) {
      if (!this.hasEnded) throw toCallingError(error, 'hang up');
    }
  }

  native(): unknown {
    return this.#handle.call;
  }

  /** The agent that carried it is no more: no event of it will come. */
  abandon(): void {
    this.#set({
      ...this.#state.value,
      status: 'ended',
      end: { outcome: 'completed', code: 'call/ended', retryable: false, message: 'this page left the call' },
    });
  }

  /** The newest wish wins; more changes than the service takes wait for their turn. */
  async #setMuted(muted: boolean): Promise<void> {
    this.#allow(muted ? 'mute' : 'unmute', muted ? 'mute' : 'unmute');
    this.#wantsMuted = muted;
    this.#muting ??= this.#changeMute().finally(() => {
      this.#muting = undefined;
      this.#wantsMuted = undefined;
    });
    await this.#muting;
  }

  async #changeMute(): Promise<void> {
    const { call } = this.#handle;
    let is = call.isMuted;
    while (this.#wantsMuted !== undefined && this.#wantsMuted !== is) {
      await this.#budget.take(this.#over.signal);
      if (this.#wantsMuted === is) return;
      const wanted = this.#wantsMuted;
      await this.#run(wanted ? 'mute' : 'unmute', () => (wanted ? call.mute() : call.unmute()));
      is = wanted;
    }
  }

  get #facts(): CallFacts {
    const { persona, unconfirmed } = this.#options;
    const { status: state, emergency } = this.#state.value;
    return { persona, shape: this.#shape.value, state, emergency, ...(unconfirmed !== undefined && { unconfirmed }) };
  }

  #allow(operation: CallOperation, what: string): void {
    const capability = capabilityOf(this.#facts, operation);
    if (!capability.supported) throw notAllowed(what, capability.detail ?? capability.reason);
    if (capability.executor !== 'client') throw notAllowed(what, 'needs-control-plane');
  }

  async #run(what: string, work: () => Promise<void> | void): Promise<void> {
    try {
      await work();
    } catch (error) {
      const failure = toCallingError(error, what);
      const { state } = this.#handle.call;
      if (!this.hasEnded && state !== 'Disconnecting' && state !== 'Disconnected') throw failure;
      // The call ends meanwhile: a race that is expected, whatever the package makes of it.
      throw new ContactCenterError('call/gone', `unable to ${what}; the call has ended`, {
        cause: error,
        ...(failure.provider !== undefined && { provider: failure.provider }),
      });
    }
  }

  #set(next: VoiceCallState): void {
    if (this.hasEnded) return;
    const ended = next.status === 'ended';
    const end = next.end ?? (ended ? toCallEnd(this.#handle.call.callEndReason) : undefined);
    if (!isSame(next, this.#state.value)) this.#state.set(end === undefined ? next : { ...next, end });
    this.#settle();
  }

  /** What the first connection and the end bring with them. */
  #settle(): void {
    const { status, end } = this.#state.value;
    if (status === 'connected' && !this.#wasConnected) {
      this.#wasConnected = true;
      this.#options.onConnected();
    }
    if (status !== 'ended' || this.hasEnded) return;
    this.#over.abort(new ContactCenterError('call/gone', 'unable to do it; the call has ended'));
    this.#unhook();
    this.#roster.close();
    this.#state.complete();
    this.#shape.complete();
    this.#ended.next();
    this.#ended.complete();
    this.#options.onEnded(end ?? toCallEnd(this.#handle.call.callEndReason));
  }

  /** A call that has become a group call stays one. */
  #shapeNow(before: CallShape): CallShape {
    return before === 'group' || this.#handle.call.remoteParticipants.length > 1 ? 'group' : 'one-to-one';
  }
}

const silent: VoiceCallState = {
  ...({ status: 'connecting', muted: false, mutedByOthers: false } as const),
  ...{ recording: false, transcription: false, emergency: false },
};

function isSame(a: VoiceCallState, b: VoiceCallState): boolean {
  return (
    a.status === b.status &&
    a.muted === b.muted &&
    a.mutedByOthers === b.mutedByOthers &&
    a.recording === b.recording &&
    a.transcription === b.transcription &&
    a.emergency === b.emergency
  );
}

function notAllowed(what: string, reason: string): ContactCenterError {
  return new ContactCenterError('command/not-allowed', `unable to ${what}; ${reason}`);
}
