import {
  combine,
  ContactCenterError,
  createLive,
  select,
  type AudioLevels,
  type CallCapabilities,
  type CallEnd,
  type CallParticipant,
  type CallQuality,
  type CallTarget,
  type Clock,
  type Live,
  type LiveSource,
} from 'onescreen';
import { ChunkedPeople, type VoiceCall, type VoiceCallState } from 'onescreen/voice';
import { defer, EMPTY, Subject, Subscription, switchMap, takeUntil, type Observable } from 'rxjs';
import type { CallHandle } from './agent-handle';
import { addToCall, hangUp, removeFromCall, runInCall } from './call-commands';
import { toCallEnd } from './calling-error';
import type { CallingSdk } from './calling-sdk';
import { capabilitiesOf, capabilityOf, type CallFacts } from './capabilities';
import type { CallOperation, CallShape, UnconfirmedCapabilities } from './capability-table';
import { CallLine } from './call-line';
import { participantStatusOf } from './call-status';
import { toDtmfTones } from './dtmf';
import { toIdentifier } from './identifiers';
import { callLevels } from './levels';
import { Muting } from './muting';
import type { Persona } from './persona';
import type { Roster } from './roster';
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

/** A call of the calling package as the phone sees it, until it has ended. */
export class AcsCall implements VoiceCall {
  readonly direction: 'in' | 'out';
  readonly capabilities$: Live<CallCapabilities>;
  readonly levels$: Observable<AudioLevels>;
  readonly #clock: Clock;
  readonly #options: AcsCallOptions;
  readonly #state: ReturnType<typeof createLive<VoiceCallState>>;
  readonly #shape: ReturnType<typeof createLive<CallShape>>;
  readonly #line: LiveSource<CallLine>;
  readonly #people = createLive(ChunkedPeople.of<CallParticipant>([]));
  readonly participants$: Live<readonly CallParticipant[]> = select(this.#people.live, (people) => people.slice());
  readonly #quality: LiveSource<CallQuality>;
  #watching = new Subscription();
  readonly #over = new AbortController();
  readonly #ended = new Subject<void>();
  readonly #muting: Muting;
  #wasConnected = false;
  #tones: Promise<void> = Promise.resolve();

  constructor(options: AcsCallOptions) {
    const { handle, direction, clock } = options;
    this.direction = direction;
    this.#options = options;
    this.#clock = clock;
    this.#muting = new Muting({
      clock,
      over: this.#over.signal,
      isMuted: () => this.#handle.call.isMuted,
      change: (muted) => {
        const { call } = this.#handle;
        return this.#run(muted ? 'mute' : 'unmute', () => (muted ? call.mute() : call.unmute()));
      },
    });
    const line = this.#open(handle);
    this.#line = createLive(line);
    this.#shape = createLive(shapeOf(line, options.shape));
    this.#state = createLive<VoiceCallState>(line.read(silent));
    this.#quality = createLive(line.quality.live.value);
    this.#watch(line);
    const levels = this.#line.live.pipe(
      switchMap(({ call, roster }) => callLevels(call, roster.live, clock)),
      takeUntil(this.#ended),
    );
    this.levels$ = defer(() => (this.hasEnded ? EMPTY : levels));
    this.capabilities$ = combine([this.#state.live, this.#shape.live], () => capabilitiesOf(this.#facts));
    this.#settle();
  }

  get state$(): Live<VoiceCallState> {
    return this.#state.live;
  }

  get people$(): Live<ChunkedPeople<CallParticipant>> {
    return this.#people.live;
  }

  get quality$(): Live<CallQuality> {
    return this.#quality.live;
  }

  get hasEnded(): boolean {
    return this.#over.signal.aborted;
  }

  get #handle(): CallHandle {
    return this.#line.value.handle;
  }

  get #roster(): Roster {
    return this.#line.value.roster;
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
    await this.#run('add participant', () => addToCall(handle, target));
  }

  async removeParticipant(participantId: string): Promise<void> {
    this.#allow('removeParticipant', 'remove participant');
    const participant = this.#roster.find(participantId);
    if (participant === undefined) return;
    if (participantStatusOf(participant.state) === 'connecting') this.#allow('cancelAdd', 'remove participant');
    await this.#run('remove participant', () => removeFromCall(this.#handle, participantId));
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
      await hangUp(this.#handle.call, ended, this.#clock);
    } catch (error) {
      if (!this.hasEnded) throw error;
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

  async #setMuted(muted: boolean): Promise<void> {
    this.#allow(muted ? 'mute' : 'unmute', muted ? 'mute' : 'unmute');
    await this.#muting.set(muted);
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

  #run(what: string, work: () => unknown): Promise<void> {
    return runInCall(this.#handle.call, what, { code: 'call/gone', why: 'the call has ended' }, work);
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
    this.#watching.unsubscribe();
    this.#line.value.close();
    for (const live of [this.#line, this.#people, this.#quality, this.#state]) live.complete();
    this.#shape.complete();
    this.#ended.next();
    this.#ended.complete();
    this.#options.onEnded(end ?? toCallEnd(this.#handle.call.callEndReason));
  }

  #open(handle: CallHandle): CallLine {
    const update = () => this.#set(this.#line.value.read(this.#state.value));
    return new CallLine(handle, this.#options.features, {
      changed: update,
      reshaped: () => {
        this.#shape.set(shapeOf(this.#line.value, this.#shape.value));
        // That it is an emergency call has no event of its own.
        update();
      },
      mutedByOthers: () =>
        this.#set({ ...this.#state.value, mutedByOthers: true, muted: this.#line.value.call.isMuted }),
      replaced: (next) => this.#replace(next),
    });
  }

  #watch({ roster, quality }: CallLine): void {
    this.#watching.unsubscribe();
    this.#watching = new Subscription();
    this.#watching.add(roster.live.subscribe((people) => this.#people.set(people)));
    this.#watching.add(quality.live.subscribe((now) => this.#quality.set(now)));
  }

  /** It goes on as another object; for everybody above it stays the same call. */
  #replace(handle: CallHandle): void {
    if (this.hasEnded) return;
    const before = this.#line.value;
    const next = this.#open(handle);
    this.#line.set(next);
    before.close();
    this.#watch(next);
    this.#shape.set(shapeOf(next, 'one-to-one'));
    this.#set(next.read(this.#state.value));
  }
}

/** A call that has become a group call stays one. */
function shapeOf({ call }: CallLine, before: CallShape): CallShape {
  return before === 'group' || call.remoteParticipants.length > 1 ? 'group' : 'one-to-one';
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
