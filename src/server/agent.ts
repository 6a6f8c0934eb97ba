import type { AgentPush, AgentRecord, Availability, ExpectedCallRecord } from '../protocol/agent-frames';
import { AgentPhone } from './agent-phone';
import { Answers } from './answers';
import type { ProviderRefs } from './chat-host';
import { LetGo } from './let-go';
import type { AgentIdentity } from './options';
import type { Session } from './session';
import type { TokenBucket } from './token-bucket';

/** A signed-in agent, with all pages the agent has open. */
export class Agent {
  identity: AgentIdentity;
  providerRefs: ProviderRefs;
  readonly sessions = new Map<string, Session<AgentPush>>();
  /** Tasks in hand and how far they are. */
  readonly tasks = new Map<string, 'assigned' | 'wrapping' | 'completed'>();
  readonly offers = new Set<string>();
  readonly letGo = new LetGo();
  readonly phone = new AgentPhone();
  /** The phone as pages and routing know it. */
  phoneTold: string | undefined;
  /** Set when the last of the agent's links went down: since when (epoch milliseconds), and what the agent was then. */
  gone:
    | { readonly since: number; readonly availability: Availability; readonly next: Availability | undefined }
    | undefined;
  /** Calls that ring for the agent now, by correlation id. */
  readonly expected = new Map<string, ExpectedCallRecord>();
  readonly answers = new Answers();
  /** Commands under way, until they are answered. */
  readonly commands = new Set<Promise<unknown>>();
  /** Counts the agent's frames. */
  readonly frames: TokenBucket;
  availability: Availability = { kind: 'unavailable' };
  next: Availability | undefined;
  since: number;
  /** Set once the agent asked to leave when the work in hand is done. */
  leaving: string | undefined;

  constructor(identity: AgentIdentity, since: number, frames: TokenBucket) {
    this.identity = identity;
    this.frames = frames;
    this.providerRefs = identity.providerRefs ?? {};
    this.since = since;
  }

  get id(): string {
    return this.identity.id;
  }

  /** Whether any of the agent's pages has its link up. */
  get connected(): boolean {
    for (const session of this.sessions.values()) if (session.up) return true;
    return false;
  }

  /** Whether something is in hand that an `after-current` change waits for; a completed task is not. */
  get busy(): boolean {
    for (const status of this.tasks.values()) if (status !== 'completed') return true;
    return false;
  }

  /** Whether new offers may come. A change to unavailable that waits for the end of work stops them at once. */
  get takesOffers(): boolean {
    return (
      this.connected &&
      this.leaving === undefined &&
      this.availability.kind === 'available' &&
      this.next?.kind !== 'unavailable'
    );
  }

  push(push: AgentPush): void {
    for (const session of this.sessions.values()) session.push(push);
  }

  /** Tells the pages to answer a call when it comes, or more about one they know of. */
  expect(call: ExpectedCallRecord): void {
    this.expected.set(call.correlationId, call);
    for (const session of this.sessions.values()) {
      if (this.phone.answersAt(session)) session.push({ type: 'call-expected', call });
    }
  }

  /** The call does not come, or rings no more. */
  forget(correlationId: string): void {
    if (this.expected.delete(correlationId)) this.push({ type: 'call-forgotten', correlationId });
  }

  record(used: number, { reasons, channels }: Pick<AgentRecord, 'reasons' | 'channels'>): AgentRecord {
    const { id, displayName, capacity = defaultCapacity } = this.identity;
    const phone = this.phone.report;
    return {
      id,
      displayName,
      availability: this.availability,
      ...(this.next !== undefined && { next: this.next }),
      load: { tasks: this.tasks.size, used, capacity },
      ...(channels !== undefined && { channels }),
      since: this.since,
      reasons,
      providerRefs: this.providerRefs,
      ...(phone !== undefined && { phone }),
    };
  }
}

/** Units of work at a time of an agent for whom the vendor says nothing. */
export const defaultCapacity = 1;
