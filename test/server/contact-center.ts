import { createServer, type AgentIdentity, type ServerConnection, type ServerOptions } from 'onescreen/server';
import { seededRandom, virtualClock } from 'onescreen/testing';
import type { AgentCommands, AgentPush, AgentRecord } from '../../src/protocol/agent-frames';
import type { CustomerCommands, CustomerPush, CustomerStatus } from '../../src/protocol/customer-frames';
import type { AnswerFrame } from '../../src/protocol/frames';
import type { LogEntry, TaskStatus } from '../../src/protocol/log-entry';

/** Agents by their tokens: whoever has a name may sign in, and takes `capacity` chats at a time. */
export function agent(id: string, more: Partial<AgentIdentity> = {}): AgentIdentity {
  return { id, displayName: `${id} A.`, queues: ['support'], ...more };
}

export function contactCenter(
  options: Partial<ServerOptions> = {},
  agents: readonly AgentIdentity[] = [agent('ann'), agent('ben')],
) {
  const clock = virtualClock();
  const random = seededRandom('server');
  let commands = 0;
  const server = createServer({
    authenticate: (request) => agents.find(({ id }) => request.headers.get('authorization') === `Bearer ${id}`),
    queues: [
      {
        id: 'support',
        wrapUp: { required: true, dispositions: [{ code: 'solved', label: 'Solved' }], limitMs: 60_000 },
      },
      { id: 'sales' },
    ],
    reasons: [{ code: 'lunch', label: 'Lunch' }],
    clock,
    random,
    ...options,
  });
  const center = {
    clock,
    random,
    server,
    /** A number that nobody was given before. */
    count: () => ++commands,
    /** Lets everything that can happen now happen. */
    settle: () => clock.advance(0),
    async post(path: string, body: unknown, headers: Record<string, string> = {}) {
      const request = new Request(`http://cc.example${path}`, {
        method: 'POST',
        body: typeof body === 'string' ? body : JSON.stringify(body),
        headers: { 'content-type': 'application/json', ...headers },
      });
      const response = await server.handle(request);
      return {
        status: response.status,
        headers: response.headers,
        body: (await response.json()) as Record<string, never>,
      };
    },
    async start(displayName = 'Cleo', more: Record<string, unknown> = {}): Promise<Started> {
      const { status, body } = await center.post('/conversations', { customer: { displayName }, ...more });
      if (status !== 201) throw new Error(`unexpected status ${status}: ${JSON.stringify(body)}`);
      return body as unknown as Started;
    },
    desk: (id: string, available = true) => Desk.open(center, id, available),
    customer: async (started: Started) => Page.open(center, started),
  };
  return center;
}

export type ContactCenter = ReturnType<typeof contactCenter>;

export interface Started {
  readonly conversationId: string;
  readonly resumeToken: string;
  readonly self: string;
  readonly channel: {
    readonly channelId: string;
    readonly provider: string;
    readonly providerRefs: Record<string, string>;
  };
  readonly token?: { readonly token: string; readonly expiresOn: number };
}

/** A page at one of the doors, by frames. */
class Link<Push extends { readonly type: string }> {
  readonly center: ContactCenter;
  readonly received: (Push | AnswerFrame)[] = [];
  protected link!: ServerConnection;
  readonly #door: string;
  readonly #credentials: Record<string, unknown>;

  constructor(center: ContactCenter, door: string, credentials: Record<string, unknown>) {
    this.center = center;
    this.#door = door;
    this.#credentials = credentials;
  }

  async connect(session?: string): Promise<ServerConnection> {
    this.link = await this.center.server.connect({
      door: this.#door,
      credentials: this.#credentials,
      send: (frame) => this.received.push(structuredClone(frame) as Push | AnswerFrame),
      ...(session !== undefined && { session }),
    });
    return this.link;
  }

  get session(): string {
    return this.link.session;
  }

  drop(): void {
    this.link.disconnected('transport close');
  }

  frame(frame: unknown): void {
    this.link.receive(frame);
  }

  async answer(name: string, args: unknown, id = `c${this.center.count()}`): Promise<AnswerFrame> {
    const before = this.received.length;
    this.link.receive({ type: 'command', id, name, args });
    const isMine = (one: { readonly type: string }): one is AnswerFrame =>
      one.type === 'answer' && 'id' in one && one.id === id;
    // What talks to a real service takes real time; all else is there after the first turn.
    for (let tries = 0; tries < 1_000; tries++) {
      await this.center.settle();
      const answer = this.received.slice(before).find(isMine);
      if (answer !== undefined) return answer;
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    throw new Error(`${name} was not answered`);
  }

  /** The error of a command that must fail. */
  async refusal(name: string, args: unknown) {
    const answer = await this.answer(name, args);
    if (answer.ok) throw new Error(`${name} was carried out`);
    return answer.error;
  }

  of<Type extends Push['type']>(type: Type): Extract<Push, { readonly type: Type }>[] {
    return this.received.filter((one): one is Extract<Push, { readonly type: Type }> => one.type === type);
  }

  /** Everything that was told of the conversation's log, in order, each entry once. */
  entries(conversationId: string): LogEntry[] {
    const entries = new Map<number, LogEntry>();
    for (const push of this.received as readonly { readonly type: string }[]) {
      for (const entry of entriesOf(push as AgentPush | CustomerPush, conversationId)) entries.set(entry.seq, entry);
    }
    return [...entries.values()].sort((a, b) => a.seq - b.seq);
  }
}

function entriesOf(push: AgentPush | CustomerPush, conversationId: string): readonly LogEntry[] {
  if (push.type === 'log') return push.conversationId === conversationId ? push.entries : [];
  if (push.type === 'conversation' || push.type === 'customer-snapshot') {
    return push.conversation.id === conversationId ? push.conversation.entries : [];
  }
  if (push.type !== 'snapshot') return [];
  return push.conversations.find(({ id }) => id === conversationId)?.entries ?? [];
}

export class Desk extends Link<AgentPush> {
  readonly id: string;

  constructor(center: ContactCenter, id: string) {
    super(center, 'agents', { token: id });
    this.id = id;
  }

  static async open(center: ContactCenter, id: string, available: boolean): Promise<Desk> {
    const desk = new Desk(center, id);
    await desk.connect();
    if (available) await desk.do('availability/set', { availability: { kind: 'available' }, whenBusy: 'now' });
    await center.settle();
    return desk;
  }

  async do<Name extends keyof AgentCommands>(
    name: Name,
    args: AgentCommands[Name]['args'],
  ): Promise<AgentCommands[Name]['result']> {
    const answer = await this.answer(name, args);
    if (answer.ok) return answer.result as AgentCommands[Name]['result'];
    throw Object.assign(new Error(answer.error.message), answer.error);
  }

  /** The newest offer. */
  get offer() {
    const offer = this.of('offer').at(-1)?.offer;
    if (offer === undefined) throw new Error(`${this.id} has no offer`);
    return offer;
  }

  get record(): AgentRecord {
    const last = [...this.received]
      .reverse()
      .find(
        (one): one is Extract<AgentPush, { agent: AgentRecord }> => one.type === 'agent' || one.type === 'snapshot',
      );
    if (last === undefined) throw new Error('nothing is known of the agent');
    return last.agent;
  }

  statuses(conversationId: string): TaskStatus[] {
    return this.entries(conversationId).flatMap((entry) => (entry.type === 'task' ? entry.task.status : []));
  }
}

export class Page extends Link<CustomerPush> {
  readonly started: Started;

  constructor(center: ContactCenter, started: Started) {
    super(center, 'customers', { resumeToken: started.resumeToken });
    this.started = started;
  }

  static async open(center: ContactCenter, started: Started): Promise<Page> {
    const page = new Page(center, started);
    await page.connect();
    return page;
  }

  async do<Name extends keyof CustomerCommands>(
    name: Name,
    args: CustomerCommands[Name]['args'],
  ): Promise<CustomerCommands[Name]['result']> {
    const answer = await this.answer(name, args);
    if (answer.ok) return answer.result as CustomerCommands[Name]['result'];
    throw Object.assign(new Error(answer.error.message), answer.error);
  }

  /** Where the page was last told that it stands. */
  get status(): CustomerStatus {
    const last = [...this.received]
      .reverse()
      .find(
        (one): one is Extract<CustomerPush, { status: CustomerStatus }> =>
          one.type === 'customer-status' || one.type === 'customer-snapshot',
      );
    if (last === undefined) throw new Error('nothing is known of the wait');
    return last.status;
  }

  say(text: string, clientId = `m${this.center.count()}`) {
    const { conversationId, channel } = this.started;
    return this.do('message/send', { conversationId, channelId: channel.channelId, clientId, text });
  }
}

/** A conversation that `desk` has accepted. */
export async function inHand(center: ContactCenter, desk: Desk, displayName?: string) {
  const started = await center.start(displayName);
  const page = await center.customer(started);
  await center.settle();
  const { taskId } = await desk.do('offer/accept', { offerId: desk.offer.id });
  return { started, page, taskId, conversationId: started.conversationId, channelId: started.channel.channelId };
}
