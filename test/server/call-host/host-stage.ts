import { ContactCenterError, isContactCenterError, type ParticipantRecord } from 'onescreen';
import { emulatedCallControl, type PhoneCall } from 'onescreen/emulator';
import {
  createCallHost,
  type ArrivedCall,
  type CallControl,
  type CallHost,
  type CallHostOptions,
  type ControlledCall,
} from 'onescreen/server';
import { CallBench, customer, ra, service, type Page } from '../../emulator/calls/call-bench';

export const cleo = `4:${customer}`;
export const expert = '+491702';
export const channel = { conversationId: 'c-1', channelId: 'ch-1', providerRefs: {} };

type Step = Exclude<keyof ControlledCall, 'id' | 'serverCallId' | 'events$' | 'end'>;

/** A host over the emulator's calls, on virtual time, whose control can be made to fail. */
export class HostStage {
  readonly bench = new CallBench();
  readonly host: CallHost;
  readonly told: unknown[][] = [];
  readonly logged: unknown[][] = [];
  readonly arrived: ArrivedCall[] = [];
  /** How often each step fails from now on. */
  readonly failing = new Map<Step, number>();
  /** Whether the control can tell whose page has lost its connection. */
  tellsLost = true;
  /** Runs before a step of a call is done. */
  before: (step: Step) => unknown = () => undefined;

  constructor(options: Partial<CallHostOptions> = {}) {
    const log = (event: string, fields: unknown) => void this.logged.push([event, fields]);
    this.host = createCallHost({
      control: this.#breakable(emulatedCallControl(this.bench.core, { resourceAccount: ra, phoneNumber: service })),
      resourceAccount: ra,
      clock: this.bench.clock,
      logger: { debug: log, info: log, warn: log, error: log },
      ...options,
    });
    const tell =
      (what: string) =>
      (...rest: readonly unknown[]) =>
        void this.told.push([what, ...rest]);
    this.host.start({
      arrived: async (call) => {
        this.arrived.push(call);
        return call.channelId ?? channel.channelId;
      },
      customerLeft: tell('customerLeft'),
      agentLeft: tell('agentLeft'),
      joined: tell('joined'),
      changed: tell('changed'),
      callbackWanted: tell('callbackWanted'),
    });
  }

  /** A customer who waits. */
  async waiting(): Promise<PhoneCall> {
    const phone = this.bench.core.phones.callFrom(customer, { to: service, displayName: 'Cleo' });
    await this.bench.clock.advance(0);
    return phone;
  }

  /** An agent's page that is in the call. */
  async join(user?: string): Promise<Page> {
    const page = await this.bench.page({ kind: 'tpeAgent', ...(user !== undefined && { user }) });
    const joined = this.host.join(channel, person(page.user), ring());
    await this.bench.clock.advance(0);
    await page.accept();
    await joined;
    return page;
  }

  async talking() {
    const phone = await this.waiting();
    return { phone, agent: await this.join() };
  }

  /** Adds a phone, which has answered. */
  async added(number = expert): Promise<PhoneCall> {
    await this.host.add?.(channel, { phone: number });
    await this.bench.clock.advance(2_000);
    return this.bench.core.phones.latest(number)!;
  }

  get changes(): readonly unknown[] {
    return this.told.flatMap(([what, , change]) => (what === 'changed' ? [change] : []));
  }

  #breakable(control: CallControl): CallControl {
    return {
      start: (onIncoming) =>
        control.start((call) => onIncoming({ ...call, answer: async () => this.#breakableCall(await call.answer()) })),
      create: async (request) => {
        const created = await control.create(request);
        return { ...created, call: this.#breakableCall(created.call) };
      },
    };
  }

  #breakableCall(call: ControlledCall): ControlledCall {
    return new Proxy(call, {
      get: (target, key: Step) => {
        const value: unknown = Reflect.get(target, key, target);
        if (typeof value !== 'function') return value;
        if (key === 'lost' && !this.tellsLost) return () => undefined;
        return (...args: readonly unknown[]): unknown => {
          this.before(key);
          const left = this.failing.get(key) ?? 0;
          if (left === 0) return Reflect.apply(value, target, args);
          this.failing.set(key, left - 1);
          const failed = Promise.reject(new ContactCenterError('call/service', `unable to ${key}; the service fails`));
          failed.catch(() => {});
          return key === 'play' ? { done: failed, stop: async () => {} } : failed;
        };
      },
    });
  }
}

export const person = (acs: string): ParticipantRecord => ({
  id: `p-${acs.slice(-4)}`,
  role: 'agent',
  displayName: 'Somebody',
  providerRefs: { acs },
});

export const ring = (timeoutMs = 20_000, signal: AbortSignal = new AbortController().signal) => ({
  correlationId: 'offer-1',
  timeoutMs,
  signal,
  ringing: () => {},
});

export const codeOf = (promise: Promise<unknown> | undefined) =>
  Promise.resolve(promise).then(
    () => 'done',
    (error: unknown) => (isContactCenterError(error) ? error.code : String(error)),
  );
