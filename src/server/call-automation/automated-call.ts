import { ContactCenterError, isContactCenterError, type Cancel, type Clock, type Random } from 'onescreen';
import type { Observable } from 'rxjs';
import type {
  CallEndCode,
  CollectRequest,
  ControlledCall,
  ControlledCallEvent,
  ControlledParticipant,
  Invitation,
  InviteRequest,
  Playing,
  Prompt,
} from '../call-control';
import { errorFields, type Logger } from '../logger';
import type { AutomationApi, Connection, SoundSource } from './automation-api';
import { CallRecording } from './call-recording';
import { wordOfTone, type CallbackEvent } from './callback-event';
import { callFailure, endOf, isUncertain, requestFailure } from './call-failures';
import { deferred, type Deferred } from './deferred';
import { foundGone, gone, hungUp, leftByThemselves, plain, removed, transferred } from './end-codes';
import { EventLine } from './event-line';
import { MediaStack } from './media-stack';
import { Operations, type Expectation } from './operations';
import { Roster } from './roster';
import { SeenEvents } from './seen-events';
import {
  commandMs,
  connectMs,
  reconcileMs,
  setUpMs,
  slackMs,
  soonMs,
  transferGraceMs,
  transferMs,
} from './time-limits';

export interface AutomatedCallParts {
  readonly api: AutomationApi;
  readonly clock: Clock;
  readonly random: Random;
  readonly logger: Logger;
  /** Where the service posts this call's events. */
  readonly callbackUrl: string;
  /** What a sound of ours is; undefined for silence. */
  readonly sourceOf: (prompt: Prompt) => SoundSource | undefined;
  /** Raw id of who is in the call from its beginning. */
  readonly from?: string;
  readonly onEnd: () => void;
}

/** Events that are remembered for each call, to tell which come again (chosen). */
const rememberedEvents = 1_000;

/** One call as Call Automation has it. It exists before the service knows of it, so that no event comes too early. */
export class AutomatedCall implements ControlledCall {
  readonly #parts: AutomatedCallParts;
  readonly #line: EventLine;
  readonly #roster = new Roster();
  readonly #operations: Operations;
  readonly #media: MediaStack;
  readonly #recording: CallRecording;
  readonly #seen = new SeenEvents(rememberedEvents);
  readonly #connected: Deferred;
  /** Whom we have taken out, until they come back. */
  readonly #removed = new Set<string>();
  /** Whom we have put on hold. */
  readonly #held = new Set<string>();
  /** Who is being given away. */
  readonly #transferees = new Set<string>();
  /** Whose keys are listened for, by the operation's name. */
  readonly #heard = new Map<string, string>();
  #published: readonly ControlledParticipant[] = [];
  #id: string | undefined;
  #serverCallId = '';
  #isConnected = false;
  #resting = false;
  #end: CallEndCode | undefined;
  #reading: Promise<void> | undefined;
  #cancelReconcile: Cancel = () => {};
  #cancelSoon: Cancel | undefined;

  constructor(parts: AutomatedCallParts) {
    const { api, clock, random, callbackUrl } = parts;
    this.#parts = parts;
    this.#operations = new Operations(clock);
    this.#connected = deferred();
    this.#line = new EventLine(
      clock,
      transferGraceMs,
      (event) =>
        (event.kind === 'disconnected' && this.#transferees.size > 0) ||
        (event.kind === 'left' && this.#transferees.has(event.rawId)),
    );
    this.#media = new MediaStack({ clock, random, stopAll: () => api.stopMedia(this.id) });
    this.#recording = new CallRecording({
      api,
      clock,
      callbackUrl,
      changed: (state) => this.#line.put({ kind: 'recording', state }),
    });
  }

  get id(): string {
    return this.#id ?? '';
  }

  get serverCallId(): string {
    return this.#serverCallId;
  }

  get events$(): Observable<ControlledCallEvent> {
    return this.#line.events$;
  }

  get end(): CallEndCode | undefined {
    return this.#end;
  }

  participants(): readonly ControlledParticipant[] {
    return this.#end === undefined ? this.#roster.participants : [];
  }

  /** Call Automation does not tell. */
  lost(): undefined {
    return undefined;
  }

  /** Begins it: `request` asks the service for it. Resolves once it is connected. */
  async open(action: string, request: () => Promise<Connection>, withinMs: number = connectMs): Promise<void> {
    const cancelLate = await this.begin(action, request, withinMs);
    try {
      await this.#connected.promise;
    } finally {
      cancelLate();
    }
  }

  /** The same, without waiting until it is connected; `answered` tells of that. */
  async begin(action: string, request: () => Promise<Connection>, withinMs: number): Promise<Cancel> {
    try {
      this.#name(await request());
    } catch (error) {
      const failure = requestFailure(action, error);
      // An event may have told already that it has come about nevertheless.
      if (this.#id === undefined || !isUncertain(error)) {
        this.#finish(gone, failure);
        throw failure;
      }
    }
    this.#reconcileLater();
    return this.#parts.clock.schedule(withinMs, () => void this.#connectLate(action));
  }

  get answered(): Promise<void> {
    return this.#connected.promise;
  }

  /** Gives up a call that has not been answered. */
  async giveUp(error: ContactCenterError): Promise<void> {
    if (this.#isConnected || this.#end !== undefined) return;
    const id = this.#id;
    this.#finish(hungUp, error);
    if (id !== undefined) await this.#parts.api.hangUp(id, true).catch(() => {});
  }

  /** Reads no more of its own accord: the server is about to stop. The call goes on. */
  rest(): void {
    this.#resting = true;
    this.#cancelReconcile();
    this.#cancelSoon?.();
  }

  /** Takes an event of this call. Nothing here throws. */
  receive(event: CallbackEvent): void {
    if (this.#end !== undefined) return this.#afterwards(event);
    if (!this.#seen.isNew(`${event.id} ${event.connectionId ?? ''}`)) return;
    if (event.connectionId !== undefined) {
      // The other sides of the call have connections, and events, of their own.
      if (this.#id !== undefined && event.connectionId !== this.#id) return;
      this.#name({ id: event.connectionId, serverCallId: event.serverCallId ?? '' });
    }
    switch (event.type) {
      case 'CallConnected':
        this.#connect();
        break;
      case 'AnswerFailed':
      case 'CreateCallFailed':
        return this.#finish(plain(event.result), callFailure('call', event.result));
      case 'CallDisconnected':
        return this.#finish(plain(event.result));
      case 'ParticipantsUpdated':
        if (this.#roster.update(event.participants ?? [], event.sequence ?? 0)) this.#reconcileSoon();
        break;
      case 'AddParticipantSucceeded':
        if (event.participant !== undefined) this.#roster.entered(event.participant);
        break;
      case 'RemoveParticipantSucceeded':
        if (event.participant !== undefined) {
          this.#removed.add(event.participant);
          this.#roster.left(event.participant);
        }
        break;
      case 'ContinuousDtmfRecognitionToneReceived': {
        const from = event.context === undefined ? undefined : this.#heard.get(event.context);
        if (from !== undefined && event.tone !== undefined) this.#line.put({ kind: 'tone', from, tone: event.tone });
        break;
      }
    }
    this.#operations.receive(event);
    this.#media.receive(event);
    this.#recording.receive(event);
    this.#publish();
  }

  async add({ target, context = {}, timeoutMs = setUpMs }: InviteRequest): Promise<Invitation> {
    const action = 'ring';
    this.#require(action);
    const { api, random } = this.#parts;
    const name = random.id();
    const wasIn = this.#roster.has(target);
    this.#removed.delete(target);
    let open = true;
    const operation = this.#operations.expect<ControlledParticipant>(name, {
      action,
      timeoutMs: timeoutMs + slackMs,
      event: ({ type, result }) => {
        if (type === 'AddParticipantFailed') throw callFailure(action, result);
        return type === 'AddParticipantSucceeded' ? this.#enter(target) : undefined;
      },
      seen: () => (wasIn ? undefined : this.#find(target)),
      late: async () => {
        await this.#reconcile();
        const found = this.#find(target);
        if (found !== undefined) return found;
        if (invitationId !== undefined) api.cancelAdd(this.id, invitationId, random.id()).catch(() => {});
        throw callFailure(action, { code: 487, subCode: 10004 });
      },
    });
    const closed = () => void (open = false);
    operation.result.then(closed, closed);
    let invitationId: string | undefined;
    try {
      const timeoutSeconds = Math.max(1, Math.ceil(timeoutMs / 1_000));
      ({ invitationId } = await api.add(this.id, { target, headers: context, timeoutSeconds, context: name }));
    } catch (error) {
      const failure = this.#failed(action, error);
      operation.fail(failure);
      throw failure;
    }
    const cancel = async () => {
      if (!open || invitationId === undefined) return false;
      const invitation = invitationId;
      const withdrawn = this.#run<boolean>('withdraw invitation', (own) => api.cancelAdd(this.id, invitation, own), {
        timeoutMs: commandMs,
        event: ({ type }) =>
          type === 'CancelAddParticipantSucceeded' ? true : type === 'CancelAddParticipantFailed' ? false : undefined,
        late: async () => {
          await this.#reconcile();
          return this.#find(target) === undefined;
        },
      });
      const outcome = operation.result.then(
        () => false,
        (error: unknown) => isContactCenterError(error, 'command/aborted'),
      );
      const done = await Promise.race([withdrawn, outcome]).catch(() => false);
      if (done) operation.fail(callFailure(action, { code: 487, subCode: 5234 }));
      return done;
    };
    return { callIds: [], answered: operation.result, cancel };
  }

  async remove(rawId: string): Promise<void> {
    const isOut = () => this.#find(rawId) === undefined;
    const removing = this.#run('remove participant', (context) => this.#parts.api.remove(this.id, rawId, context), {
      timeoutMs: commandMs,
      event: ({ type, result }) => {
        if (type === 'RemoveParticipantFailed') throw callFailure('remove participant', result);
        return type === 'RemoveParticipantSucceeded' ? true : undefined;
      },
      seen: () => (isOut() ? true : undefined),
      late: () => this.#later('remove participant', isOut),
    });
    await removing.catch((error: unknown) => {
      // Who has left already need not be removed.
      if (!isContactCenterError(error, 'call/gone')) throw error;
      return this.#later('remove participant', isOut);
    });
    this.#removed.add(rawId);
    this.#roster.left(rawId);
    this.#publish();
  }

  async hold(rawId: string): Promise<void> {
    if (this.#held.has(rawId) && this.#find(rawId)?.onHold === true) return;
    const music = this.#parts.sourceOf({ sound: 'music' });
    this.#held.add(rawId);
    const holding = this.#run('hold', (context) => this.#parts.api.hold(this.id, rawId, music, context), {
      timeoutMs: commandMs,
      event: ({ type, result }) => {
        if (type === 'HoldFailed') throw callFailure('hold', result);
        return type === 'HoldAudioStarted' ? true : undefined;
      },
      seen: () => (this.#find(rawId)?.onHold === true ? true : undefined),
      late: () => this.#later('hold', () => this.#find(rawId)?.onHold === true),
    });
    // Without music there may be no event at all.
    this.#reconcileSoon();
    try {
      await holding;
    } catch (error) {
      if (isContactCenterError(error) && error.code !== 'command/timed-out') this.#held.delete(rawId);
      throw error;
    }
    this.#change(rawId, { onHold: true });
  }

  async unhold(rawId: string): Promise<void> {
    if (!this.#held.has(rawId) && this.#find(rawId)?.onHold !== true) return this.#require('resume');
    const resuming = this.#run('resume', (context) => this.#parts.api.unhold(this.id, rawId, context), {
      timeoutMs: commandMs,
      event: ({ type, result }) => {
        if (type === 'UnholdFailed') throw callFailure('resume', result);
        return type === 'HoldAudioCompleted' ? true : undefined;
      },
      seen: () => (this.#find(rawId)?.onHold === false ? true : undefined),
      late: () => this.#later('resume', () => this.#find(rawId)?.onHold !== true),
    });
    this.#reconcileSoon();
    await resuming.catch(async (error: unknown) => {
      // Who is not on hold need not be taken from it.
      if (!isContactCenterError(error, 'call/wrong-state')) throw error;
      await this.#reconcile().catch(() => {});
      if (this.#find(rawId)?.onHold !== false) throw error;
    });
    this.#held.delete(rawId);
    this.#change(rawId, { onHold: false });
  }

  play(what: Prompt, { to, loop = false }: { readonly to?: string; readonly loop?: boolean } = {}): Playing {
    const source = this.#parts.sourceOf(what);
    if (source === undefined) return silence(loop);
    const { done, stop } = this.#media.push<true>({
      loop,
      stopped: true,
      begin: (context) => {
        const where = to === undefined ? {} : { to };
        return this.#parts.api.play(this.id, { source, ...where, loop, context });
      },
      event: ({ type, result }) => {
        if (type === 'PlayFailed' && result.subCode !== 8508) throw playFailure(result);
        return type === 'PlayCompleted' || type === 'PlayCanceled' || type === 'PlayFailed' ? true : undefined;
      },
    });
    const played = done.then(() => {});
    played.catch((error: unknown) => this.#parts.logger.warn('sound-failed', errorFields(error)));
    return { done: played, stop };
  }

  async collect(from: string, { prompt, most, forMs }: CollectRequest): Promise<string> {
    this.#require('collect tones');
    const source = prompt === undefined ? undefined : this.#parts.sourceOf(prompt);
    const silenceSeconds = Math.max(1, Math.ceil(forMs / 1_000));
    const { done } = this.#media.push<string>({
      loop: false,
      stopped: '',
      begin: (context) =>
        this.#parts.api.recognise(this.id, {
          from,
          most,
          silenceSeconds,
          context,
          ...(source !== undefined && { prompt: source }),
        }),
      event: ({ type, result, tones = '' }) => {
        if (type === 'RecognizeCompleted' || type === 'RecognizeCanceled') return tones;
        if (type !== 'RecognizeFailed') return undefined;
        // Nothing was pressed, or nothing more.
        if (result.subCode === 8510 || result.subCode === 8532) return tones;
        throw callFailure('collect tones', result);
      },
    });
    return done;
  }

  async sendTones(rawId: string, tones: string): Promise<void> {
    const words = Array.from(tones, (tone) => {
      const word = wordOfTone(tone);
      if (word !== undefined) return word;
      throw new ContactCenterError('command/invalid', 'unable to send tones; there is one that is on no phone', {
        field: 'tones',
      });
    });
    await this.#run('send tones', (context) => this.#parts.api.sendTones(this.id, rawId, words, context), {
      timeoutMs: commandMs + 1_000 * words.length,
      event: ({ type, result }) => {
        if (type === 'SendDtmfTonesFailed') throw callFailure('send tones', result);
        return type === 'SendDtmfTonesCompleted' ? true : undefined;
      },
      late: () => this.#later('send tones', () => false),
    });
  }

  async mute(rawId: string): Promise<void> {
    this.#require('mute');
    const { api, random } = this.#parts;
    try {
      await api.mute(this.id, rawId, random.id());
    } catch (error) {
      throw this.#failed('mute', error);
    }
    this.#change(rawId, { muted: true });
  }

  async transfer(transferee: string, target: string): Promise<void> {
    const action = 'transfer';
    this.#transferees.add(transferee);
    try {
      await this.#run(action, (context) => this.#parts.api.transfer(this.id, transferee, target, context), {
        timeoutMs: transferMs + slackMs,
        event: ({ type, result }) => {
          if (type === 'CallTransferFailed') throw callFailure(action, result);
          return type === 'CallTransferAccepted' ? true : undefined;
        },
        // Whoever has gone without a word of failure has been given away.
        late: () => this.#later(action, () => this.#find(transferee) === undefined),
      });
    } finally {
      // First whoever waits for it is told, then of what it has done to the call.
      this.#parts.clock.schedule(0, () => {
        this.#transferees.delete(transferee);
        this.#line.drain();
      });
    }
  }

  async moveHere(rawIds: readonly string[], from: ControlledCall): Promise<void> {
    const action = 'move participants';
    const all = () => rawIds.every((rawId) => this.#roster.has(rawId));
    await this.#run(action, (context) => this.#parts.api.move(this.id, rawIds, from.id, context), {
      timeoutMs: commandMs,
      event: ({ type, result, participant }) => {
        if (type === 'MoveParticipantFailed' || type === 'MoveParticipantsFailed') throw callFailure(action, result);
        if (type === 'MoveParticipantSucceeded' && participant !== undefined) this.#roster.entered(participant);
        if (type === 'MoveParticipantsSucceeded') for (const rawId of rawIds) this.#roster.entered(rawId);
        return all() ? true : undefined;
      },
      seen: () => (all() ? true : undefined),
      late: () => this.#later(action, all),
    });
    this.#publish();
  }

  async record(step: 'start' | 'pause' | 'resume' | 'stop'): Promise<void> {
    this.#require(`${step} recording`);
    await this.#recording.step(this.id, step);
  }

  async hangUp({ forEveryone }: { readonly forEveryone: boolean }): Promise<void> {
    if (this.#end !== undefined || this.#id === undefined) return;
    try {
      await this.#parts.api.hangUp(this.#id, forEveryone);
    } catch (error) {
      if (endOf(error)?.code === 404) return this.#finish(foundGone);
      const failure = this.#failed('hang up', error);
      await this.#reconcile().catch(() => {});
      if (this.#isOver()) return;
      throw failure;
    }
    this.#finish(hungUp);
  }

  /** Carries out a command and waits for what becomes of it. */
  async #run<T>(
    action: string,
    send: (context: string) => Promise<void>,
    expectation: Omit<Expectation<T>, 'action'>,
  ): Promise<T> {
    this.#require(action);
    const context = this.#parts.random.id();
    const operation = this.#operations.expect<T>(context, { ...expectation, action });
    try {
      await send(context);
    } catch (error) {
      const failure = this.#failed(action, error);
      // Whether it was done may be seen, though nobody has said so.
      const findOut = isUncertain(error) && !isContactCenterError(error) ? expectation.late() : Promise.reject(failure);
      await findOut.then(operation.succeed, () => operation.fail(failure));
    }
    return operation.result;
  }

  #failed(action: string, error: unknown): ContactCenterError {
    const failure = requestFailure(action, error);
    if (failure.code === 'call/gone') this.#reconcileSoon();
    return failure;
  }

  /** True when it is so by now; fails when the time is up and it is not. */
  async #later(action: string, isSo: () => boolean): Promise<true> {
    await this.#reconcile().catch(() => {});
    if (this.#isOver()) throw callFailure(action, gone);
    if (isSo()) return true;
    throw undecided(action);
  }

  #require(action: string): void {
    if (this.#end !== undefined) throw callFailure(action, gone);
  }

  #isOver(): boolean {
    return this.#end !== undefined;
  }

  #find(rawId: string): ControlledParticipant | undefined {
    return this.#roster.participants.find((one) => one.rawId === rawId);
  }

  #enter(rawId: string): ControlledParticipant {
    this.#roster.entered(rawId);
    return this.#find(rawId) ?? { rawId, muted: false, onHold: false };
  }

  #change(rawId: string, change: Partial<Omit<ControlledParticipant, 'rawId'>>): void {
    this.#roster.change(rawId, change);
    this.#publish();
  }

  #name({ id, serverCallId }: Connection): void {
    this.#id ??= id;
    if (this.#serverCallId === '') this.#serverCallId = serverCallId;
  }

  #connect(): void {
    if (this.#isConnected) return;
    this.#isConnected = true;
    const { from } = this.#parts;
    if (from !== undefined) this.#roster.entered(from);
    this.#publish();
    this.#connected.resolve();
  }

  async #connectLate(action: string): Promise<void> {
    if (this.#isConnected || this.#end !== undefined) return;
    await this.#reconcile().catch(() => {});
    if (this.#isOver() || this.#hasConnected()) return;
    await this.giveUp(undecided(action));
  }

  #hasConnected(): boolean {
    return this.#isConnected;
  }

  /** Tells what is new of who is in the call. */
  #publish(): void {
    const before = this.#published;
    const now = this.#roster.participants;
    if (this.#end !== undefined || !this.#isConnected || sameParticipants(before, now)) return;
    this.#published = now;
    this.#line.put({ kind: 'participants', participants: now });
    for (const { rawId } of before) {
      if (!this.#roster.has(rawId)) this.#line.put({ kind: 'left', rawId, end: this.#leaving(rawId) });
    }
    for (const { rawId } of now) if (!before.some((one) => one.rawId === rawId)) this.#entered(rawId);
    this.#operations.look();
  }

  #entered(rawId: string): void {
    this.#removed.delete(rawId);
    if (!rawId.startsWith('4:') && rawId !== this.#parts.from) return;
    if ([...this.#heard.values()].includes(rawId)) return;
    const context = this.#parts.random.id();
    this.#heard.set(context, rawId);
    this.#parts.api.hearTones(this.id, rawId, context).catch((error: unknown) => {
      this.#heard.delete(context);
      this.#parts.logger.debug('tones-not-heard', errorFields(error));
    });
  }

  /** The service does not say why somebody has left. */
  #leaving(rawId: string): CallEndCode {
    this.#held.delete(rawId);
    for (const [context, heard] of [...this.#heard]) if (heard === rawId) this.#heard.delete(context);
    if (this.#removed.has(rawId)) return removed;
    if (this.#transferees.has(rawId)) return transferred;
    return leftByThemselves(rawId, rawId === this.#parts.from);
  }

  #finish(end: CallEndCode, failure?: ContactCenterError): void {
    if (this.#end !== undefined) return;
    this.#end = end;
    this.#cancelReconcile();
    this.#cancelSoon?.();
    this.#connected.reject(failure ?? callFailure('call', end.code === 0 ? gone : end));
    this.#media.close();
    this.#line.put({ kind: 'disconnected', end });
    // A transfer that is under way may be what ended it, and its own event is yet to come.
    if (this.#transferees.size === 0) this.#failOperations();
    else this.#parts.clock.schedule(transferGraceMs, () => this.#failOperations());
    this.#parts.onEnd();
  }

  #failOperations(): void {
    this.#operations.failAll((action) => callFailure(action, gone));
  }

  #afterwards(event: CallbackEvent): void {
    if (event.type.startsWith('CallTransfer')) this.#operations.receive(event);
    // It came about after all, when nobody counted on it any more.
    if (event.type !== 'CallConnected' || this.#isConnected || event.connectionId === undefined) return;
    this.#parts.api.hangUp(event.connectionId, true).catch(() => {});
  }

  #reconcileLater(): void {
    if (this.#end !== undefined || this.#resting) return;
    this.#cancelReconcile();
    this.#cancelReconcile = this.#parts.clock.schedule(reconcileMs, () => {
      void this.#reconcile()
        .catch((error: unknown) => this.#parts.logger.debug('call-not-read', errorFields(error)))
        .then(() => this.#reconcileLater());
    });
  }

  #reconcileSoon(): void {
    if (this.#end !== undefined || this.#resting || this.#cancelSoon !== undefined) return;
    this.#cancelSoon = this.#parts.clock.schedule(soonMs, () => {
      this.#cancelSoon = undefined;
      void this.#reconcile().catch(() => {});
    });
  }

  /** Reads how the call stands; one reading at a time. */
  #reconcile(): Promise<void> {
    return (this.#reading ??= this.#read().finally(() => (this.#reading = undefined)));
  }

  async #read(): Promise<void> {
    const { api } = this.#parts;
    if (this.#id === undefined || this.#end !== undefined) return;
    const { version } = this.#roster;
    try {
      const state = await api.read(this.#id);
      if (state === 'disconnected') return this.#finish(foundGone);
      if (state !== 'connected' || this.#isOver()) return;
      this.#connect();
      const participants = await api.participants(this.#id);
      // What happened meanwhile is newer than what was read.
      if (this.#isOver() || this.#roster.version !== version) return;
      this.#roster.adopt(participants);
      this.#publish();
    } catch (error) {
      if (endOf(error)?.code !== 404) throw error;
      this.#finish(foundGone);
    }
  }
}

function sameParticipants(a: readonly ControlledParticipant[], b: readonly ControlledParticipant[]): boolean {
  return (
    a.length === b.length &&
    a.every((one, at) => {
      const other = b[at];
      return other?.rawId === one.rawId && other.muted === one.muted && other.onHold === one.onHold;
    })
  );
}

/** Nothing to be heard, for as long as it is to be heard. */
function silence(loop: boolean): Playing {
  if (!loop) return { done: Promise.resolve(), stop: () => Promise.resolve() };
  const { promise, resolve } = deferred();
  return { done: promise, stop: async () => resolve() };
}

function playFailure(end: CallEndCode): ContactCenterError {
  const { message } = callFailure('play', { ...end, code: 400, subCode: 8511 });
  return new ContactCenterError('call/play-failed', message, {
    provider: { name: 'acs', code: end.code, subCode: end.subCode },
  });
}

function undecided(action: string): ContactCenterError {
  return new ContactCenterError(
    'command/timed-out',
    `unable to ${action}; the service does not say what became of it`,
    {
      retryable: true,
      provider: { name: 'acs' },
    },
  );
}
