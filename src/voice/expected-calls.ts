import type { Clock, ExpectedCall } from 'onescreen';
import type { IncomingInvite } from './voice-endpoint';

/** How long rings of an expected call are still known, and turned away, after it has expired. */
const rememberMs = 60_000;

interface Entry {
  readonly call: ExpectedCall;
  readonly forgotten: boolean;
  readonly claimed: boolean;
}

/** The calls that the control plane has told this tab of, and which ring is which. */
export class ExpectedCalls {
  readonly #clock: Clock;
  readonly #entries = new Map<string, Entry>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Told again, a call keeps its standing, and gets the ids and the time that have become known meanwhile. */
  expect(call: ExpectedCall): void {
    for (const [id, entry] of this.#entries) {
      if (entry.call.expiresAt + rememberMs < this.#clock.now()) this.#entries.delete(id);
    }
    const known = this.#entries.get(call.correlationId);
    const again = known?.forgotten === true && call.expiresAt > known.call.expiresAt;
    if (known === undefined || again) {
      this.#entries.set(call.correlationId, { call, forgotten: false, claimed: false });
    } else if (!known.forgotten) {
      const merged = {
        ...call,
        callIds: [...new Set([...known.call.callIds, ...call.callIds])],
        expiresAt: Math.max(known.call.expiresAt, call.expiresAt),
        muted: (known.call.muted ?? false) || (call.muted ?? false),
      };
      this.#entries.set(call.correlationId, { ...known, call: merged });
    }
  }

  forget(correlationId: string): void {
    const known = this.#entries.get(correlationId);
    const call = known?.call ?? {
      correlationId,
      channelId: '',
      conversationId: '',
      callIds: [],
      expiresAt: this.#clock.now(),
    };
    this.#entries.set(correlationId, { call, claimed: known?.claimed ?? false, forgotten: true });
  }

  /** Which call a ring is: `unwanted` when it is not expected any more, nothing when nobody has spoken of it. */
  find(invite: IncomingInvite): ExpectedCall | 'unwanted' | undefined {
    const entry =
      (invite.correlationId === undefined ? undefined : this.#entries.get(invite.correlationId)) ??
      [...this.#entries.values()].find(({ call }) => call.callIds.some((id) => invite.callIds.includes(id)));
    if (entry === undefined) return undefined;
    return this.#open(entry) ? entry.call : 'unwanted';
  }

  /** The call that a ring without any sign must be: the only one that is expected now and has not rung yet. */
  only(): ExpectedCall | undefined {
    const open = [...this.#entries.values()].filter((entry) => this.#open(entry) && !entry.claimed);
    return open.length === 1 ? open[0]?.call : undefined;
  }

  isOpen(correlationId: string): boolean {
    const entry = this.#entries.get(correlationId);
    return entry !== undefined && this.#open(entry);
  }

  /** It has rung: a ring without any sign is not taken for it any more. */
  claim(correlationId: string): void {
    const entry = this.#entries.get(correlationId);
    if (entry !== undefined) this.#entries.set(correlationId, { ...entry, claimed: true });
  }

  #open({ call, forgotten }: Entry): boolean {
    return !forgotten && this.#clock.now() <= call.expiresAt;
  }
}
