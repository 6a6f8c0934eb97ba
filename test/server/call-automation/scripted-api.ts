import type { ControlledCall, ControlledCallEvent, IncomingCall } from '../../../src/server/call-control';
import type { AutomationApi } from '../../../src/server/call-automation/automation-api';
import { callAutomationOver, type CallAutomationSettings } from '../../../src/server/call-automation/call-automation';
import { seededRandom, virtualClock } from 'onescreen/testing';

export const account = '7d3e0b52-0000-4000-8000-000000000001';
export const customer = '4:+4915112345678';
export const agent = '8:acs:r1_agent';
export const key = 'a-key-of-more-than-16-characters';

interface Asked {
  readonly what: keyof AutomationApi;
  readonly args: readonly unknown[];
  readonly context: string;
}

export interface Person {
  readonly rawId: string;
  readonly muted: boolean;
  readonly onHold: boolean;
}

export const person = (rawId: string, onHold = false): Person => ({ rawId, muted: false, onHold });

/** What an official client throws for an answer of the service. */
export function answerOf(statusCode: number, subCode: number, message = 'The service said no.'): Error {
  return Object.assign(new Error(message), { name: 'RestError', statusCode, code: String(subCode) });
}

/** A Call Automation that does what a test says: it takes requests down, and its events are posted by the test. */
export class ScriptedApi {
  readonly asked: Asked[] = [];
  /** What reading finds. */
  state = 'connected';
  people: readonly Person[] = [person(customer)];
  recordingState = 'active';
  /** The next requests of a kind reject with these. */
  readonly failures = new Map<keyof AutomationApi, Error[]>();
  callbackUrl = '';
  /** Runs before the answer to a request is known. */
  before: ((asked: Asked) => Promise<void> | void) | undefined;

  readonly api: AutomationApi = {
    answer: (context, callbackUrl) => this.#connection('answer', [context], callbackUrl),
    reject: (context) => this.#take('reject', [context]),
    create: ({ target, callbackUrl, context }) => this.#connection('create', [target], callbackUrl, context),
    read: async (id) => {
      await this.#take('read', [id]);
      return this.state;
    },
    participants: async (id) => {
      await this.#take('participants', [id]);
      return this.people;
    },
    add: async (id, request) => {
      await this.#take('add', [id, request], request.context);
      return { invitationId: `invitation-${request.target}` };
    },
    cancelAdd: (id, invitation, context) => this.#take('cancelAdd', [id, invitation], context),
    remove: (id, rawId, context) => this.#take('remove', [id, rawId], context),
    hold: (id, rawId, sound, context) => this.#take('hold', [id, rawId, sound], context),
    unhold: (id, rawId, context) => this.#take('unhold', [id, rawId], context),
    play: (id, request) => this.#take('play', [id, request], request.context),
    recognise: (id, request) => this.#take('recognise', [id, request], request.context),
    stopMedia: (id) => this.#take('stopMedia', [id]),
    hearTones: (id, rawId, context) => this.#take('hearTones', [id, rawId], context),
    sendTones: (id, rawId, tones, context) => this.#take('sendTones', [id, rawId, tones], context),
    mute: (id, rawId, context) => this.#take('mute', [id, rawId], context),
    transfer: (id, from, to, context) => this.#take('transfer', [id, from, to], context),
    move: (id, rawIds, from, context) => this.#take('move', [id, rawIds, from], context),
    hangUp: (id, forEveryone) => this.#take('hangUp', [id, forEveryone]),
    startRecording: async (id) => {
      await this.#take('startRecording', [id]);
      return { recordingId: 'recording-1', state: 'active' };
    },
    recording: (id, step) => this.#take('recording', [id, step]),
    readRecording: async (id) => {
      await this.#take('readRecording', [id]);
      return this.recordingState;
    },
  };

  fail(what: keyof AutomationApi, ...errors: Error[]): void {
    this.failures.set(what, errors);
  }

  /** Names of what was asked, but for readings. */
  get commands(): readonly string[] {
    return this.asked.map(({ what }) => what).filter((what) => !/^(?:read|participants|hearTones)$/.test(what));
  }

  /** The latest request of a kind. */
  last(what: keyof AutomationApi): Asked {
    const found = this.asked.filter((one) => one.what === what).at(-1);
    if (found === undefined) throw new Error(`unable to find ${what}; it was not asked for`);
    return found;
  }

  async #connection(what: 'answer' | 'create', args: readonly unknown[], url: string, context = '') {
    this.callbackUrl = url;
    await this.#take(what, args, context);
    return { id: 'connection-1', serverCallId: 'server-call-1' };
  }

  async #take(what: keyof AutomationApi, args: readonly unknown[], context = ''): Promise<void> {
    const asked = { what, args, context };
    this.asked.push(asked);
    await this.before?.(asked);
    const failure = this.failures.get(what)?.shift();
    if (failure !== undefined) throw failure;
  }
}

/** A server's call control over a scripted service, on virtual time. */
export function scripted(settings: Partial<CallAutomationSettings> = {}) {
  const clock = virtualClock();
  const service = new ScriptedApi();
  const logged: string[] = [];
  const log = (event: string, fields: object) => void logged.push(`${event} ${JSON.stringify(fields)}`);
  const automation = callAutomationOver(service.api, {
    resourceAccount: account,
    callbackUrl: 'https://cc.contoso.example/acs',
    webhookKey: key,
    sounds: { music: { file: 'https://cc.contoso.example/music.wav' } },
    clock,
    random: seededRandom(1),
    logger: { debug: log, info: log, warn: log, error: log },
    ...settings,
  });
  const incoming: IncomingCall[] = [];
  const stop = automation.start((call) => void incoming.push(call));

  let posted = 0;
  /** Posts events of the call, each with an id of its own unless it brings one. */
  const post = async (...events: readonly (readonly [type: string, data?: Readonly<Record<string, unknown>>])[]) => {
    const body = events.map(([type, { id, ...data } = {}]) => ({
      id: id ?? `event-${posted++}`,
      type: `Microsoft.Communication.${type}`,
      specversion: '1.0',
      data: {
        callConnectionId: 'connection-1',
        serverCallId: 'server-call-1',
        resultInformation: { code: 200, subCode: 0, message: '' },
        ...data,
      },
    }));
    const request = new Request(service.callbackUrl, { method: 'POST', body: JSON.stringify(body) });
    const { status } = await automation.handle(request);
    await clock.advance(0);
    return status;
  };

  const ring = async (change: Readonly<Record<string, unknown>> = {}, id = 'incoming-1') => {
    const event = {
      id,
      eventType: 'Microsoft.Communication.IncomingCall',
      data: {
        to: { kind: 'unknown', rawId: `28:orgid:${account}` },
        from: { kind: 'phoneNumber', rawId: customer, phoneNumber: { value: customer.slice(2) } },
        serverCallId: 'server-call-1',
        callerDisplayName: 'Cleo',
        incomingCallContext: 'incoming-context',
        customContext: { voipHeaders: { 'onescreen-correlation': 'channel-1' } },
        ...change,
      },
    };
    return automation.handle(gridRequest([event]));
  };

  return { clock, service, automation, incoming, logged, post, ring, stop };
}

export function gridRequest(body: unknown, search = `?key=${key}`): Request {
  return new Request(`https://cc.contoso.example/acs/events${search}`, { method: 'POST', body: JSON.stringify(body) });
}

/** A call that has come in and is connected, with what it told so far. */
export async function connected(settings: Partial<CallAutomationSettings> = {}) {
  const world = scripted(settings);
  await world.ring();
  const answering = world.incoming[0]!.answer();
  await world.clock.advance(0);
  await world.post(['CallConnected'], ['ParticipantsUpdated', { sequenceNumber: 1, participants: listed(customer) }]);
  const call = await answering;
  return { ...world, call, events: eventsOf(call) };
}

export function eventsOf(call: ControlledCall): ControlledCallEvent[] {
  const events: ControlledCallEvent[] = [];
  call.events$.subscribe((event) => events.push(event));
  return events;
}

/** Participants as they are on the wire; `rawId!` is on hold. */
export function listed(...rawIds: readonly string[]) {
  return rawIds.map((rawId) => ({
    identifier: { rawId: rawId.replace('!', ''), kind: 'unknown' },
    isMuted: false,
    isOnHold: rawId.endsWith('!'),
  }));
}

/** How a promise stands: `open`, `done` or the code of its error. */
export function standing(promise: Promise<unknown>): () => string {
  let state = 'open';
  promise.then(
    () => (state = 'done'),
    (error: unknown) => {
      state = error instanceof Error && 'code' in error ? String(error.code) : 'failed';
    },
  );
  return () => state;
}
