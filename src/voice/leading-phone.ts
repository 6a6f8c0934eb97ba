import {
  ContactCenterError,
  isContactCenterError,
  toContactCenterError,
  type AudioLevels,
  type CallEnd,
  type CallParticipant,
  type CallSnapshot,
  type DevicesState,
  type DialRequest,
  type ExpectedCall,
  type Live,
  type Preflight,
  type Registration,
} from 'onescreen';
import { distinctUntilChanged, EMPTY, map, Subscription, switchMap, type Observable } from 'rxjs';
import { CallBoard } from './call-board';
import { endOf, ringGone } from './call-end';
import type { ChunkedPeople } from './chunked-people';
import type { HeldElsewhere, PhoneParts } from './held-elsewhere';
import type { ExpectedCalls } from './expected-calls';
import type { PhoneCommand } from './phone-command';
import { TimeLimits } from './time-limits';
import type { IncomingInvite, OpenEndpoint, VoiceCall, VoiceEndpoint } from './voice-endpoint';

/** How long a ring waits for word that it is expected: the control plane's push may come after it. */
const wordWithinMs = 5_000;
/** Most that holding the call before, or resuming one, may take, milliseconds. */
const holdWithinMs = 5_000;
/** Most that leaving a call that another takes the place of may take, milliseconds. */
const leaveWithinMs = 5_000;
/** Most that answering may take, milliseconds; a ring lasts 20 s. */
const answerWithinMs = 20_000;
/** Most that is waited for an endpoint to close, milliseconds. */
const closeWithinMs = 5_000;

interface Ring {
  readonly invite: IncomingInvite;
  end?: CallEnd;
}

/** What the phone is in the tab that holds the media: one endpoint, and the rules by which calls come about on it. */
export class LeadingPhone {
  readonly #expected: ExpectedCalls;
  readonly #endpoint: VoiceEndpoint;
  readonly #board: CallBoard;
  readonly #subscription = new Subscription();
  readonly #waiting = new Set<Ring>();
  /** Ids of the calls that expected calls have become, by correlation id. */
  readonly #answered = new Map<string, string>();
  readonly #heldElsewhere: HeldElsewhere | undefined;
  readonly #holdMeetings: () => Promise<void>;
  readonly #limits: TimeLimits;
  #turn: Promise<unknown> = Promise.resolve();
  #closed: Promise<void> | undefined;

  constructor(
    context: PhoneParts,
    open: OpenEndpoint,
    expected: ExpectedCalls,
    earlier: readonly CallSnapshot[],
    people: ReadonlyMap<string, ChunkedPeople<CallParticipant>>,
    changed: (phone: LeadingPhone) => void,
  ) {
    this.#heldElsewhere = context.heldElsewhere;
    this.#holdMeetings = context.holdMeetings ?? (() => Promise.resolve());
    const { self, tokens, environment } = context;
    const { clock, random } = environment;
    this.#limits = new TimeLimits(clock);
    this.#expected = expected;
    const { displayName, providerRefs } = self;
    this.#endpoint = open({ displayName, providerRefs, tokens, clock, random });
    const tell = () => {
      if (this.#closed === undefined) changed(this);
    };
    this.#board = new CallBoard(environment, earlier, people, tell);
    this.#subscription.add(this.#endpoint.registration$.subscribe(tell));
    this.#subscription.add(this.#endpoint.devices.state$.subscribe(tell));
    this.#subscription.add(this.#endpoint.incoming$.subscribe((invite) => this.#rings(invite)));
  }

  get registration(): Registration {
    return this.#endpoint.registration$.value;
  }

  get devices(): DevicesState {
    return this.#endpoint.devices.state$.value;
  }

  get calls(): readonly CallSnapshot[] {
    return this.#board.snapshots;
  }

  get people$(): Live<ReadonlyMap<string, ChunkedPeople<CallParticipant>>> {
    return this.#board.people$;
  }

  get microphoneLevel$(): Observable<number> {
    return this.#endpoint.devices.level$;
  }

  levels$(channelId: string): Observable<AudioLevels> {
    return this.#board.calls$.pipe(
      map((calls) => calls.get(channelId)),
      distinctUntilChanged(),
      switchMap((call) => call?.levels$ ?? EMPTY),
    );
  }

  native(channelId: string): unknown {
    return this.#board.calls$.value.get(channelId)?.native();
  }

  /** To be called when the expected calls have changed: looks at the rings that wait. */
  review(): void {
    if (this.#closed !== undefined) return;
    for (const ring of [...this.#waiting]) {
      const found = this.#expected.find(ring.invite);
      if (found === 'unwanted') {
        this.#waiting.delete(ring);
        if (ring.end === undefined) void ring.invite.reject();
      } else if (found !== undefined) this.#take(ring, found);
    }
    // What rings without any sign could as well be for another client of the agent's own; then nothing is guessed.
    const unmarked = [...this.#waiting].filter(
      ({ invite, end }) =>
        invite.correlationId === undefined && end === undefined && this.#expected.find(invite) === undefined,
    );
    const only = this.#expected.only();
    if (unmarked.length === 1 && unmarked[0] !== undefined && only !== undefined) this.#take(unmarked[0], only);
  }

  async run(command: PhoneCommand): Promise<Preflight | undefined> {
    try {
      return await this.#run(command);
    } catch (error) {
      const message = `unable to carry out ${command.name}; the voice service failed`;
      throw toContactCenterError(error, 'command/failed', message);
    }
  }

  /** Resolves when the endpoint has closed. */
  close(): Promise<void> {
    this.#closed ??= this.#close();
    return this.#closed;
  }

  async #close(): Promise<void> {
    this.#subscription.unsubscribe();
    this.#board.close();
    this.#waiting.clear();
    this.#limits.end();
    const closing = this.#endpoint.close();
    await this.#limits
      .within(closeWithinMs, closing, 'unable to close phone; the voice service does not answer')
      .catch(() => {});
  }

  async #run(command: PhoneCommand): Promise<Preflight | undefined> {
    const { devices } = this.#endpoint;
    switch (command.name) {
      case 'dial':
        await this.#inTurn(() => this.#dial(command.request));
        return undefined;
      case 'resume':
        await this.#inTurn(() => this.#resume(command.channelId));
        return undefined;
      case 'mute':
      case 'unmute':
      case 'hold':
        await this.#call(command)[command.name]();
        return undefined;
      case 'hangUp':
        // What has ended already needs no end: two clicks, or a click and the customer.
        await this.#board.calls$.value.get(command.channelId)?.hangUp();
        return undefined;
      case 'sendDtmf':
        await this.#call(command).sendDtmf(command.tones);
        return undefined;
      case 'addParticipant':
        await this.#call(command).addParticipant(command.who);
        return undefined;
      case 'removeParticipant':
        await this.#call(command).removeParticipant(command.participantId);
        return undefined;
      case 'muteParticipant':
        await this.#call(command).muteParticipant(command.participantId);
        return undefined;
      case 'transfer':
        await this.#call(command).transfer(command.to);
        return undefined;
      case 'askPermission':
        await devices.askPermission();
        return undefined;
      case 'unlockAudio':
        await devices.unlockAudio();
        return undefined;
      case 'selectMicrophone':
        await devices.selectMicrophone(command.id);
        return undefined;
      case 'selectSpeaker':
        await devices.selectSpeaker(command.id);
        return undefined;
      case 'preflight':
        return this.#endpoint.preflight();
    }
  }

  #call({ name, channelId }: { readonly name: string; readonly channelId: string }): VoiceCall {
    const call = this.#board.calls$.value.get(channelId);
    if (call !== undefined) return call;
    throw new ContactCenterError('call/gone', `unable to carry out ${name}; the call has ended`);
  }

  async #dial({ channelId, correlationId, to, onBehalfOf, muted = false }: DialRequest): Promise<void> {
    const before = this.#board.find(channelId);
    if (before !== undefined && before.status !== 'ended') return;
    if (this.registration.status !== 'registered') {
      const message = 'unable to dial; the phone is not registered with the voice service';
      throw new ContactCenterError('agent/unreachable', message, { retryable: true });
    }
    await this.#makeRoom(channelId);
    this.#refuseWhenClosed();
    const call = this.#endpoint.dial(to, { correlationId, muted, ...(onBehalfOf !== undefined && { onBehalfOf }) });
    this.#board.connect(this.#board.begin(channelId, 'out', muted), call);
  }

  async #resume(channelId: string): Promise<void> {
    const call = this.#call({ name: 'resume', channelId });
    await this.#makeRoom(channelId);
    this.#refuseWhenClosed();
    const resuming = call.resume();
    const message = 'unable to resume call; the voice service does not answer';
    try {
      await this.#limits.within(holdWithinMs, resuming, message);
    } catch (error) {
      // Too late: another call may be active by then.
      void resuming.then(
        () => this.#inTurn(async () => this.#isBusyElsewhere(channelId) && (await call.hold())),
        () => {},
      );
      throw error;
    }
  }

  #isBusyElsewhere(channelId: string): boolean {
    return this.calls.some((call) => call.channelId !== channelId && isActive(call));
  }

  #rings(invite: IncomingInvite): void {
    const ring: Ring = { invite };
    this.#waiting.add(ring);
    // It may be for another of the agent's own clients: left alone.
    this.#limits.after(wordWithinMs, () => this.#waiting.delete(ring));
    void invite.ended.then((end) => (ring.end = end));
    this.review();
  }

  #take(ring: Ring, call: ExpectedCall): void {
    const { correlationId, channelId, muted = false } = call;
    const before = this.#answered.get(correlationId);
    if (before !== undefined && this.#board.isUp(before)) return;
    this.#waiting.delete(ring);
    this.#expected.claim(correlationId);
    const id = this.#board.begin(channelId, 'in', muted, ring.end);
    this.#answered.set(correlationId, id);
    if (ring.end === undefined) void this.#inTurn(() => this.#answer(ring, call, id));
  }

  async #answer(ring: Ring, { correlationId, channelId, muted = false }: ExpectedCall, id: string): Promise<void> {
    const { invite } = ring;
    try {
      if (ring.end !== undefined) return this.#board.end(id, ring.end);
      if (!this.#expected.isOpen(correlationId)) {
        void invite.reject();
        return this.#board.end(id, ringGone);
      }
      await this.#makeRoom(channelId);
    } catch (error) {
      void invite.reject();
      return this.#board.end(id, endOf(error));
    }
    if (ring.end !== undefined || this.#closed !== undefined) return this.#board.end(id, ring.end ?? ringGone);
    const accepting = invite.accept({ muted });
    let given = true;
    void accepting.then(
      // Too late for us, or another call has taken its place: nobody would see it.
      (call) => {
        if (this.#closed !== undefined || !given || !this.#board.connect(id, call)) call.hangUp().catch(() => {});
      },
      () => {},
    );
    try {
      const message = 'unable to answer call; the voice service does not answer';
      const ended = invite.ended.then((end) => end);
      const end = await this.#limits.within(
        answerWithinMs,
        Promise.race([accepting.then(() => undefined), ended]),
        message,
      );
      if (end !== undefined) {
        given = false;
        this.#board.end(id, end);
      }
    } catch (error) {
      given = false;
      const gone = isContactCenterError(error, 'call/gone');
      this.#board.end(id, gone ? (ring.end ?? ringGone) : endOf(error));
      if (gone) void invite.ended.then((end) => this.#board.end(id, end));
    }
  }

  /** Holds what is active, all but the call of `channelId`. @throws ContactCenterError when something cannot be held */
  async #makeRoom(channelId: string): Promise<void> {
    await this.#limits.within(leaveWithinMs, this.#board.cleared(), 'unable to leave call before').catch(() => {});
    for (const [other, call] of this.#board.calls$.value) {
      const snapshot = this.#board.find(other);
      if (other === channelId || snapshot === undefined || !isActive(snapshot)) continue;
      const { emergency, capabilities } = snapshot;
      if (emergency) throw busy('an emergency call is never put on hold');
      const heldElsewhere = this.#heldElsewhere;
      const byControlPlane = capabilities.hold.supported && capabilities.hold.executor === 'controlPlane';
      if (byControlPlane && heldElsewhere?.isHeld(other) === true) continue;
      if (!capabilities.hold.supported || (byControlPlane && heldElsewhere === undefined)) {
        throw busy('the call in progress cannot be put on hold from here');
      }
      try {
        await this.#limits.within(
          holdWithinMs,
          byControlPlane && heldElsewhere !== undefined ? heldElsewhere.hold(other) : call.hold(),
          'unable to hold call in progress; the voice service does not answer',
        );
      } catch (error) {
        const now = this.#board.find(other);
        if (now !== undefined && isActive(now)) {
          throw toContactCenterError(
            error,
            'call/hold-failed',
            'unable to hold call in progress; the voice service failed',
          );
        }
      }
    }
    const message = 'unable to hold meeting; it does not answer';
    try {
      await this.#limits.within(holdWithinMs, this.#holdMeetings(), message);
    } catch (error) {
      throw toContactCenterError(error, 'call/hold-failed', 'unable to hold meeting in progress; see cause');
    }
  }

  /** One after the other: two that come about at once would not see each other. */
  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const done = this.#turn.then(work);
    this.#turn = done.catch(() => {});
    return done;
  }

  #refuseWhenClosed(): void {
    if (this.#closed !== undefined)
      throw new ContactCenterError('session/closed', 'unable to call; the phone has closed');
  }
}

function isActive({ status }: CallSnapshot): boolean {
  return status !== 'held' && status !== 'ended';
}

function busy(why: string): ContactCenterError {
  return new ContactCenterError('call/busy', `unable to take call; ${why}`, { retryable: true });
}
