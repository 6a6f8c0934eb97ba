import {
  createLive,
  type AgentPush,
  type CallbackRecord,
  type Clock,
  type ExpectedCall,
  type ExpectedCallRecord,
  type Live,
  type ParkedRecord,
} from 'onescreen';

export interface CallWorkHost {
  readonly clock: Clock;
  /** Whether the call of this correlation is to be answered muted. */
  readonly isMuted: (correlationId: string) => boolean;
  readonly expect: (call: ExpectedCall) => void;
  readonly forget: (correlationId: string) => void;
}

/** What the control plane says of calls that ring at this desk, and of those that wait for any; times become this desk's. */
export class CallWork {
  readonly #host: CallWorkHost;
  readonly #parked = createLive<readonly ParkedRecord[]>([]);
  readonly #callbacks = createLive<readonly CallbackRecord[]>([]);
  /** Until when calls are expected, by correlation id. */
  readonly #expected = new Map<string, number>();

  constructor(host: CallWorkHost) {
    this.#host = host;
  }

  get parked$(): Live<readonly ParkedRecord[]> {
    return this.#parked.live;
  }

  get callbacks$(): Live<readonly CallbackRecord[]> {
    return this.#callbacks.live;
  }

  /** `ahead`: how much this desk's clock is ahead of the control plane's, in milliseconds. */
  receive(push: AgentPush, ahead: number): void {
    switch (push.type) {
      case 'snapshot': {
        const rings = new Set(push.expected?.map((call) => call.correlationId));
        for (const id of [...this.#expected.keys()]) if (!rings.has(id)) this.#forget(id);
        for (const call of push.expected ?? []) this.#expect(call, ahead);
        this.#take(push.parked, ahead);
        return this.#takeCallbacks(push.callbacks, ahead);
      }
      case 'call-expected':
        return this.#expect(push.call, ahead);
      case 'call-forgotten':
        return this.#forget(push.correlationId);
      case 'parked':
        return this.#take(push.parked, ahead);
      case 'callbacks':
        return this.#takeCallbacks(push.callbacks, ahead);
      default:
    }
  }

  close(): void {
    this.#parked.complete();
    this.#callbacks.complete();
  }

  #expect(call: ExpectedCallRecord, ahead: number): void {
    const { clock, expect, isMuted } = this.#host;
    const expiresAt = call.expiresAt + ahead;
    for (const [id, until] of this.#expected) if (until < clock.now()) this.#expected.delete(id);
    this.#expected.set(call.correlationId, expiresAt);
    expect({ ...call, expiresAt, muted: isMuted(call.correlationId) });
  }

  #forget(correlationId: string): void {
    this.#expected.delete(correlationId);
    this.#host.forget(correlationId);
  }

  #take(parked: readonly ParkedRecord[] = [], ahead: number): void {
    const ours = ({ parkedAt, returnsAt }: ParkedRecord) => ({
      parkedAt: parkedAt + ahead,
      returnsAt: returnsAt + ahead,
    });
    this.#parked.set(parked.map((one) => ({ ...one, ...ours(one) })));
  }

  #takeCallbacks(callbacks: readonly CallbackRecord[] = [], ahead: number): void {
    const ours = ({ dueAt, requestedAt }: CallbackRecord) => ({
      dueAt: dueAt + ahead,
      requestedAt: requestedAt + ahead,
    });
    this.#callbacks.set(callbacks.map((one) => ({ ...one, ...ours(one) })));
  }
}
