import type { Cancel, Clock, ContactCenterError, Random } from 'onescreen';
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
import type { Logger } from 'onescreen/logging';
import type { AutomationApi, Connection, SoundSource } from './automation-api';
import { callFailure, endOf, isUncertain, requestFailure } from './call-failures';
import type { CallParts } from './call-parts';
import { CallRecording } from './call-recording';
import { CallSounds } from './call-sounds';
import { CallTones } from './call-tones';
import type { CallbackEvent } from './callback-event';
import { Commands, undecided } from './commands';
import { deferred, type Deferred } from './deferred';
import { foundGone, gone, hungUp, plain } from './end-codes';
import { EventLine } from './event-line';
import { Holds } from './holds';
import { invite } from './invite';
import { Memberships } from './memberships';
import { Reading } from './reading';
import { Roster } from './roster';
import { SeenEvents } from './seen-events';
import { connectMs, slackMs, transferGraceMs } from './time-limits';
import { Transfers } from './transfers';

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
  readonly #seen = new SeenEvents(rememberedEvents);
  readonly #connected: Deferred;
  readonly #named = deferred();
  readonly #reading: Reading;
  readonly #commands: Commands;
  readonly #memberships: Memberships;
  readonly #holds: Holds;
  readonly #transfers: Transfers;
  readonly #sounds: CallSounds;
  readonly #tones: CallTones;
  readonly #recording: CallRecording;
  readonly #shared: CallParts;
  #published: readonly ControlledParticipant[] = [];
  #id: string | undefined;
  #serverCallId = '';
  #isConnected = false;
  #end: CallEndCode | undefined;
  #cancelGrace: Cancel = () => {};

  constructor(parts: AutomatedCallParts) {
    const { api, clock, random, logger, callbackUrl, sourceOf } = parts;
    this.#parts = parts;
    this.#connected = deferred();
    this.#line = new EventLine(
      clock,
      transferGraceMs,
      (event) =>
        (event.kind === 'disconnected' && this.#transfers.underWay) ||
        (event.kind === 'left' && this.#transfers.has(event.rawId)),
    );
    this.#reading = new Reading({
      ...{ api, clock, logger, roster: this.#roster },
      id: () => (this.#isOver() ? undefined : this.#id),
      foundConnected: () => this.#connect(),
      foundPeople: () => this.#publish(),
      foundGone: () => this.#finish(foundGone),
    });
    this.#commands = new Commands({ clock, random, reading: this.#reading, isOver: () => this.#isOver() });
    this.#shared = {
      ...{ api, clock, random, logger, roster: this.#roster, reading: this.#reading, commands: this.#commands },
      id: () => this.id,
      publish: () => this.#publish(),
    };
    this.#memberships = new Memberships(this.#shared);
    this.#holds = new Holds(this.#shared);
    this.#transfers = new Transfers({ ...this.#shared, settled: () => this.#line.drain() });
    this.#sounds = new CallSounds(this.#shared, sourceOf);
    this.#tones = new CallTones(this.#shared);
    this.#recording = new CallRecording({
      ...{ api, clock, callbackUrl },
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
    return this.#isOver() ? [] : this.#roster.participants;
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
      if (isUncertain(error)) await this.#untilNamed();
      // An event may have told that it has come about nevertheless.
      if (this.#id === undefined || !isUncertain(error)) {
        this.#finish(gone, failure);
        throw failure;
      }
    }
    this.#reading.begin();
    return this.#parts.clock.schedule(withinMs, () => void this.giveUp(undecided(action)));
  }

  get answered(): Promise<void> {
    return this.#connected.promise;
  }

  /** Gives up a call that has not been answered, unless it has been all the same. */
  async giveUp(error: ContactCenterError): Promise<void> {
    if (this.#isConnected || this.#isOver()) return;
    await this.#reading.now().catch(() => {});
    if (this.#hasConnected() || this.#isOver()) return;
    const id = this.#id;
    this.#finish(hungUp, error);
    if (id !== undefined) await this.#parts.api.hangUp(id, true).catch(() => {});
  }

  /** The server has stopped: nothing is told or waited for any more. The call goes on at the service. */
  close(): void {
    if (this.#end === undefined) this.#over(gone);
    this.#cancelGrace();
    this.#line.close();
    this.#commands.failAll();
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
        if (this.#roster.update(event.participants ?? [], event.sequence ?? 0)) this.#reading.soon();
        break;
      case 'AddParticipantSucceeded':
        if (event.participant !== undefined) this.#roster.entered(event.participant);
        break;
      case 'RemoveParticipantSucceeded':
        if (event.participant !== undefined) this.#memberships.takenOut(event.participant);
        break;
    }
    const tone = this.#tones.read(event);
    if (tone !== undefined) this.#line.put({ kind: 'tone', ...tone });
    this.#commands.operations.receive(event);
    this.#sounds.receive(event);
    this.#recording.receive(event);
    this.#publish();
  }

  async add(request: InviteRequest): Promise<Invitation> {
    this.#commands.require('ring');
    this.#memberships.welcome(request.target);
    return invite(this.#shared, request);
  }

  async remove(rawId: string): Promise<void> {
    await this.#memberships.remove(rawId);
  }

  async hold(rawId: string): Promise<void> {
    await this.#holds.hold(rawId, this.#parts.sourceOf({ sound: 'music' }));
  }

  async unhold(rawId: string): Promise<void> {
    await this.#holds.unhold(rawId);
  }

  play(what: Prompt, options: { readonly to?: string; readonly loop?: boolean } = {}): Playing {
    return this.#sounds.play(what, options);
  }

  async collect(from: string, request: CollectRequest, signal?: AbortSignal): Promise<string> {
    return this.#sounds.collect(from, request, signal);
  }

  async sendTones(rawId: string, tones: string): Promise<void> {
    await this.#tones.send(rawId, tones);
  }

  async mute(rawId: string): Promise<void> {
    await this.#memberships.mute(rawId);
  }

  async transfer(transferee: string, target: string): Promise<void> {
    await this.#transfers.transfer(transferee, target);
  }

  async moveHere(rawIds: readonly string[], from: ControlledCall): Promise<void> {
    await this.#memberships.moveHere(rawIds, from);
  }

  async record(step: 'start' | 'pause' | 'resume' | 'stop'): Promise<void> {
    this.#commands.require(`${step} recording`);
    await this.#recording.step(this.id, step);
  }

  async hangUp({ forEveryone }: { readonly forEveryone: boolean }): Promise<void> {
    if (this.#end !== undefined || this.#id === undefined) return;
    try {
      await this.#parts.api.hangUp(this.#id, forEveryone);
    } catch (error) {
      if (endOf(error)?.code === 404) return this.#finish(foundGone);
      const failure = this.#commands.failed('hang up', error);
      await this.#reading.now().catch(() => {});
      if (this.#isOver()) return;
      throw failure;
    }
    this.#finish(hungUp);
  }

  #isOver(): boolean {
    return this.#end !== undefined;
  }

  #name({ id, serverCallId }: Connection): void {
    this.#id ??= id;
    this.#named.resolve();
    if (this.#serverCallId === '') this.#serverCallId = serverCallId;
  }

  /** Waits a while for the service to tell of what it has not answered for. */
  async #untilNamed(): Promise<void> {
    let cancel: Cancel = () => {};
    const late = new Promise<void>((resolve) => (cancel = this.#parts.clock.schedule(slackMs, resolve)));
    await Promise.race([this.#named.promise, late, this.#connected.promise]).catch(() => {});
    cancel();
  }

  #connect(): void {
    if (this.#isConnected) return;
    this.#isConnected = true;
    const { from } = this.#parts;
    if (from !== undefined) this.#roster.entered(from);
    this.#publish();
    this.#connected.resolve();
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
    this.#commands.operations.look();
  }

  #entered(rawId: string): void {
    this.#memberships.welcome(rawId);
    if (rawId.startsWith('4:') || rawId === this.#parts.from) this.#tones.hear(rawId);
  }

  #leaving(rawId: string): CallEndCode {
    this.#holds.left(rawId);
    this.#tones.left(rawId);
    return this.#memberships.leaving(rawId, {
      transferred: this.#transfers.has(rawId),
      hasCalled: rawId === this.#parts.from,
    });
  }

  #finish(end: CallEndCode, failure?: ContactCenterError): void {
    if (this.#end !== undefined) return;
    this.#over(end, failure);
    this.#line.put({ kind: 'disconnected', end });
    // A transfer that is under way may be what ended it, and its own event is yet to come.
    if (!this.#transfers.underWay) this.#commands.failAll();
    else this.#cancelGrace = this.#parts.clock.schedule(transferGraceMs, () => this.#commands.failAll());
    this.#parts.onEnd();
  }

  #over(end: CallEndCode, failure?: ContactCenterError): void {
    this.#end = end;
    this.#reading.close();
    this.#connected.reject(failure ?? callFailure('call', end.code === 0 ? gone : end));
    this.#sounds.close();
    this.#recording.close();
  }

  #afterwards(event: CallbackEvent): void {
    if (event.type.startsWith('CallTransfer')) this.#commands.operations.receive(event);
    // It came about after all, when nobody counted on it any more.
    if (event.type !== 'CallConnected' || this.#isConnected || event.connectionId === undefined) return;
    this.#parts.api.hangUp(event.connectionId, true).catch(() => {});
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
