import {
  ContactCenterError,
  createLive,
  type CallEnd,
  type Clock,
  type DevicesState,
  type LiveSource,
  type Preflight,
  type Registration,
} from 'onescreen';
import type { IncomingInvite, OpenEndpoint, VoiceEndpoint } from 'onescreen/voice';
import { Subject } from 'rxjs';
import { scriptedCall, type ScriptedCall } from './scripted-call';

/** A call that rings at a scripted voice service. */
export interface ScriptedRing {
  /** How often it was answered; more than once is a fault of whoever answers. */
  readonly accepted: number;
  readonly rejected: number;
  /** Whether it was answered muted, once it was. */
  readonly muted: boolean | undefined;
  /** What it has become, once answering has succeeded. */
  readonly call: ScriptedCall | undefined;
  /** The caller gives up, or another client answers. Again, or once it is answered: no effect. */
  end(end?: CallEnd): void;
}

/** A voice service without media: calls, rings, failures and delays are the test's, and everything is counted. */
export interface ScriptedVoice {
  readonly open: OpenEndpoint;
  /** Endpoints that were opened so far. */
  readonly opened: number;
  /** Endpoints that are open or still closing. */
  readonly openNow: number;
  /** The most that were open at one moment. */
  readonly mostOpen: number;
  /** Every call so far, the oldest first. */
  readonly calls: readonly ScriptedCall[];
  /** Calls that have not ended. */
  readonly callsUp: number;
  /** Whether anybody looks at the microphone's level now. */
  readonly microphoneWatched: boolean;
  /** Rings at the endpoint that is open; with none, nobody hears it. */
  ring(about?: { readonly correlationId?: string; readonly callIds?: readonly string[] }): ScriptedRing;
  setRegistration(registration: Registration): void;
  setDevices(patch: Partial<DevicesState>): void;
  setMicrophoneLevel(level: number): void;
  /** From now on this step takes so many milliseconds: `accept`, `hold`, `resume`, `mute`, `muteParticipant`, `transfer`, `hangUp`, `close`, `preflight`, … */
  slow(step: string, ms: number): void;
  /** The next time, this step is refused. */
  fail(step: string, error: Error): void;
}

interface OpenedEndpoint {
  readonly incoming: Subject<IncomingInvite>;
  readonly registration: LiveSource<Registration>;
  readonly devices: LiveSource<DevicesState>;
  readonly level: Subject<number>;
  readonly rings: Set<ScriptedRing>;
  readonly calls: Set<ScriptedCall>;
  readonly step: (name: string) => Promise<void>;
}

const callerGone: CallEnd = {
  outcome: 'cancelled',
  code: 'call/cancelled',
  retryable: false,
  message: 'the caller has given up',
};

const workingDevices: DevicesState = {
  permission: 'granted',
  microphones: [{ id: 'microphone', name: 'Scripted microphone' }],
  speakers: [{ id: 'speaker', name: 'Scripted speaker' }],
  microphone: 'microphone',
  speaker: 'speaker',
  speakerSelection: { allowed: true },
  audio: 'unlocked',
};

/** A voice service for tests. Its endpoint is registered at once, and its devices work, unless set otherwise before. */
export function scriptedVoice(): ScriptedVoice {
  const delays = new Map<string, number>();
  const failures = new Map<string, Error[]>();
  const calls: ScriptedCall[] = [];
  const endpoints = new Set<OpenedEndpoint>();
  let current: OpenedEndpoint | undefined;
  let registration: Registration = { status: 'registered' };
  let devices = workingDevices;
  let opened = 0;
  let mostOpen = 0;

  /** Steps on their way in one endpoint; those that wait when it closes fail. */
  function steps(clock: Clock) {
    const waiting = new Set<() => void>();
    const step = (name: string) =>
      new Promise<void>((resolve, reject) => {
        const error = failures.get(name)?.shift();
        const finish = () => (error === undefined ? resolve() : reject(error));
        const ms = delays.get(name) ?? 0;
        if (ms === 0) return finish();
        const abort = () => {
          cancel();
          reject(new ContactCenterError('call/gone', `unable to ${name}; the endpoint has closed`));
        };
        const cancel = clock.schedule(ms, () => {
          waiting.delete(abort);
          finish();
        });
        waiting.add(abort);
      });
    return { step, abort: () => waiting.forEach((abort) => abort()) };
  }

  function track(endpoint: OpenedEndpoint, call: ScriptedCall): ScriptedCall {
    calls.push(call);
    endpoint.calls.add(call);
    return call;
  }

  function ringAt(endpoint: OpenedEndpoint | undefined, about: Parameters<ScriptedVoice['ring']>[0]): ScriptedRing {
    let accepted = 0;
    let rejected = 0;
    let over = false;
    let muted: boolean | undefined;
    let call: ScriptedCall | undefined;
    let tellEnd: (end: CallEnd) => void = () => {};
    const ended = new Promise<CallEnd>((resolve) => (tellEnd = resolve));
    const ring: ScriptedRing = {
      get accepted() {
        return accepted;
      },
      get rejected() {
        return rejected;
      },
      get muted() {
        return muted;
      },
      get call() {
        return call;
      },
      end(end = callerGone) {
        if (over) return;
        over = true;
        tellEnd(end);
      },
    };
    if (endpoint === undefined) return ring;
    endpoint.rings.add(ring);
    endpoint.incoming.next({
      ...(about?.correlationId !== undefined && { correlationId: about.correlationId }),
      callIds: about?.callIds ?? [],
      ended,
      async accept(options) {
        accepted++;
        muted = options.muted;
        await endpoint.step('accept');
        if (over) throw new ContactCenterError('call/gone', 'unable to accept call; it has ended');
        over = true;
        call = track(endpoint, scriptedCall({ direction: 'in', muted, step: endpoint.step }));
        return call;
      },
      async reject() {
        rejected++;
        ring.end({ outcome: 'declined', code: 'call/declined', retryable: false, message: 'declined here' });
      },
    });
    return ring;
  }

  const open: OpenEndpoint = ({ clock }): VoiceEndpoint => {
    opened++;
    const { step, abort } = steps(clock);
    const endpoint: OpenedEndpoint = {
      incoming: new Subject(),
      registration: createLive(registration),
      devices: createLive(devices),
      level: new Subject(),
      rings: new Set(),
      calls: new Set(),
      step,
    };
    endpoints.add(endpoint);
    mostOpen = Math.max(mostOpen, endpoints.size);
    current = endpoint;
    let closing: Promise<void> | undefined;
    const close = async () => {
      abort();
      for (const ring of endpoint.rings) ring.end();
      for (const call of endpoint.calls) call.end();
      if (current === endpoint) current = undefined;
      await step('close').catch(() => {});
      endpoint.incoming.complete();
      endpoint.level.complete();
      endpoint.registration.complete();
      endpoint.devices.complete();
      endpoints.delete(endpoint);
    };
    return {
      registration$: endpoint.registration.live,
      incoming$: endpoint.incoming.asObservable(),
      dial: (to, options) =>
        track(endpoint, scriptedCall({ direction: 'out', muted: options.muted, to, options, step })),
      async preflight(): Promise<Preflight> {
        await step('preflight');
        return { browser: { ok: true }, microphone: { ok: true }, speaker: { ok: true }, network: { ok: true } };
      },
      close: () => (closing ??= close()),
      devices: {
        state$: endpoint.devices.live,
        level$: endpoint.level.asObservable(),
        async askPermission() {
          await step('askPermission');
          // As in browsers, what was denied once stays so.
          if (endpoint.devices.value.permission !== 'denied')
            endpoint.devices.set({ ...endpoint.devices.value, permission: 'granted' });
        },
        async selectMicrophone(microphone) {
          await step('selectMicrophone');
          endpoint.devices.set({ ...endpoint.devices.value, microphone });
        },
        async selectSpeaker(speaker) {
          await step('selectSpeaker');
          endpoint.devices.set({ ...endpoint.devices.value, speaker });
        },
        async unlockAudio() {
          await step('unlockAudio');
          endpoint.devices.set({ ...endpoint.devices.value, audio: 'unlocked' });
        },
      },
    };
  };

  return {
    open,
    get opened() {
      return opened;
    },
    get openNow() {
      return endpoints.size;
    },
    get mostOpen() {
      return mostOpen;
    },
    calls,
    get callsUp() {
      return calls.filter((call) => call.state$.value.status !== 'ended').length;
    },
    get microphoneWatched() {
      return current?.level.observed === true;
    },
    ring: (about) => ringAt(current, about),
    setRegistration(value) {
      registration = value;
      current?.registration.set(value);
    },
    setDevices(patch) {
      devices = { ...devices, ...patch };
      current?.devices.set({ ...current.devices.value, ...patch });
    },
    setMicrophoneLevel: (level) => current?.level.next(level),
    slow: (step, ms) => delays.set(step, ms),
    fail: (step, error) => failures.set(step, [...(failures.get(step) ?? []), error]),
  };
}
