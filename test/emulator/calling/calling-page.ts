import { AzureCommunicationTokenCredential } from '@azure/communication-common';
import { emulatedCalling, type CallingSocket, type CallingSocketEvents } from 'onescreen/emulator/calling';
import { seededRandom, virtualClock, type VirtualClock } from 'onescreen/testing';
import type { CallFrame, CallingPush, CallingRequest, RosterFrame } from '../../../src/emulator/calls/frames';
import { CountingDevices, CountingPeers } from './counting-media';

type Asked<Type extends CallingRequest['type']> = Extract<CallingRequest, { readonly type: Type }>;
type Answer = Omit<Extract<CallingPush, { readonly type: 'answer' }>, 'id' | 'type'> | 'none';

/** One page: the emulated calling package, with a script in place of the emulator, under virtual time. */
export class CallingPage {
  readonly clock: VirtualClock;
  readonly peers = new CountingPeers();
  readonly devices = new CountingDevices();
  readonly errors: unknown[] = [];
  readonly asked: CallingRequest[] = [];
  readonly urls: string[] = [];
  /** How requests of a type are answered; without an entry, all is well. */
  readonly answers = new Map<CallingRequest['type'], Answer>();
  readonly sdk;
  /** Whether a new connection opens. */
  reachable = true;
  #events: CallingSocketEvents | undefined;
  #lastCall = 0;

  constructor(clock = virtualClock(), socket?: (url: string, events: CallingSocketEvents) => CallingSocket) {
    this.clock = clock;
    this.sdk = emulatedCalling({
      endpoint: 'http://127.0.0.1:4100/',
      environment: {
        clock,
        random: seededRandom('calling'),
        page: new Set(),
        socket: socket ?? ((url, events) => this.#open(url, events)),
        openPeer: this.peers.open,
        devices: this.devices,
        browser: { platform: 'Linux', name: 'Chrome', version: '156.0' },
        onListenerError: (error) => this.errors.push(error),
      },
    });
  }

  get connected(): boolean {
    return this.#events !== undefined;
  }

  client() {
    return new this.sdk.CallClient();
  }

  async agent(token = jwt(), client = this.client()) {
    return this.soon(client.createCallAgent(new AzureCommunicationTokenCredential(token)));
  }

  /** Waits for a promise while virtual time stands still but for the next moment. */
  async soon<T>(promise: Promise<T>, ms = 1): Promise<T> {
    const settled = promise.then(
      (value) => ({ value }),
      (error: unknown) => ({ error }),
    );
    await this.clock.advance(ms);
    const result = await Promise.race([settled, this.clock.advance(0).then(() => undefined)]);
    if (result === undefined) throw new Error('not settled');
    if ('error' in result) throw result.error;
    return result.value;
  }

  async push(frame: CallingPush): Promise<void> {
    this.#events?.received(JSON.stringify(frame));
    await this.clock.advance(0);
  }

  /** Rings, and hands over what the application gets. */
  async ring(callId = `incoming-${++this.#lastCall}`): Promise<string> {
    const context = { voipHeaders: [{ key: 'onescreen-correlation', value: 'offer-1' }] };
    await this.push({
      type: 'incoming',
      callId,
      from: { rawId: '4:+491701', displayName: 'Kim' },
      oneToOne: false,
      context,
    });
    return callId;
  }

  call(callId: string, change: Partial<CallFrame> = {}): Promise<void> {
    return this.push({
      type: 'call',
      call: {
        callId,
        status: 'connected',
        oneToOne: true,
        serverCallId: 'server-1',
        participantId: 'leg-1',
        muted: false,
        mutedByOthers: false,
        recording: false,
        transcription: false,
        roster: [kim],
        ...change,
      },
    });
  }

  of<Type extends CallingRequest['type']>(type: Type): readonly Asked<Type>[] {
    return this.asked.filter((request): request is Asked<Type> => request.type === type);
  }

  async drop(code?: number): Promise<void> {
    const events = this.#events;
    this.#events = undefined;
    events?.closed(code);
    await this.clock.advance(0);
  }

  #open(url: string, events: CallingSocketEvents): CallingSocket {
    this.urls.push(url);
    const socket = { closed: false };
    queueMicrotask(() => {
      if (socket.closed) return;
      if (!this.reachable) return events.closed();
      this.#events = events;
      events.opened();
    });
    return {
      send: (text) => this.#answer(JSON.parse(text) as CallingRequest),
      close: () => {
        socket.closed = true;
        if (this.#events === events) this.#events = undefined;
      },
    };
  }

  #answer(request: CallingRequest): void {
    this.asked.push(request);
    const answer = this.answers.get(request.type) ?? (request.type === 'media' ? { sdp: 'answer' } : {});
    if (answer === 'none') return;
    const events = this.#events;
    queueMicrotask(() => events?.received(JSON.stringify({ type: 'answer', id: request.id, ...answer })));
  }
}

export const kim: RosterFrame = { rawId: '4:+491701', displayName: 'Kim', status: 'connected', muted: false };

/** An unsigned token: only the emulator checks signatures. Valid for ten years of real time. */
export function jwt(user = 'acs:resource_anna', expiresInS = 315_360_000, serial = 0): string {
  const part = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const exp = Math.floor(Date.now() / 1000) + expiresInS;
  return `${part({ alg: 'none' })}.${part({ skypeid: user, exp, serial })}.signature`;
}

/** The states that an object goes through, beginning with now. */
export function statesOf<State>(thing: {
  readonly state: State;
  on(event: 'stateChanged', listener: () => void): void;
}): State[] {
  const states = [thing.state];
  thing.on('stateChanged', () => states.push(thing.state));
  return states;
}
