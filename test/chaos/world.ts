import { delay, type Clock } from 'onescreen';
import {
  createEmulator,
  type EmulatorCore,
  type EmulatorRecord,
  type LimitOptions,
  type MessageRecord,
} from 'onescreen/emulator';
import { seededRandom, virtualClock, type SeededRandom, type VirtualClock } from 'onescreen/testing';
import { Misfits } from '../emulator/misfits';
import { serveSite } from './in-process-network';
import { setVirtualTime } from '../seeds/virtual-globals';

/** Where the emulator seems to be. */
const endpoint = 'http://127.0.0.1:8080';

/** What a client has to know of a chat. */
export interface Place {
  readonly endpoint: string;
  readonly threadId: string;
  /** Raw id. */
  readonly agent: string;
  readonly customer: { readonly id: string };
  readonly core: EmulatorCore;
  readonly clock: Clock;
  readonly random: SeededRandom;
}

/** An emulator under virtual time with a thread of a customer and an agent, reached by this process's globals. */
export interface World extends Place {
  readonly clock: VirtualClock;
  readonly customer: Writer;
  /** The messages of people as the emulator holds them, in order. */
  truth(): readonly StoredMessage[];
  /** Throws when an answer of the emulator did not fit its published description. */
  close(): void;
}

/** Each text is sent once: messages of which the same was meant are copies. */
export type StoredMessage = MessageRecord & { readonly meant: string };

export async function openWorld(seed: number | string, limits: LimitOptions = {}): Promise<World> {
  const clock = virtualClock();
  const random = seededRandom(seed);
  setVirtualTime({ clock, random: random.fork('globals') });
  const meant = new Map<string, string>();
  const append = (...records: readonly EmulatorRecord[]) => {
    for (const record of records) {
      if (record.kind !== 'message' || !('text' in record.message.content) || meant.has(record.message.id)) continue;
      meant.set(record.message.id, record.message.content.text);
    }
  };
  const misfits = new Misfits();
  const core = createEmulator({
    ...{ clock, random: random.fork('emulator'), limits, journal: { records: [], append } },
    onExchange: misfits.check,
  });
  serveSite({ core, clock, random: random.fork('latency') });
  const [service, customerId, agent] = [core.createUser(), core.createUser(), core.createUser()];
  const participants = [customerId, agent].map((rawId) => ({
    communicationIdentifier: { rawId, communicationUser: { id: rawId } },
    shareHistoryTime: new Date(0).toISOString(),
  }));
  const owner = new Writer(core, clock, service);
  const created = await owner.request('POST', '/chat/threads', { topic: 'Help', participants });
  const answer: unknown = await created.json();
  const threadId = threadIdOf(answer);
  return {
    ...{ endpoint, clock, random, core, threadId, agent },
    customer: new Writer(core, clock, customerId, threadId),
    truth: () =>
      core
        .snapshot()
        .threads.flatMap(({ messages }) => messages)
        .flatMap((message) =>
          message.sender === undefined ? [] : [{ ...message, meant: meant.get(message.id) ?? '' }],
        ),
    close() {
      core.close();
      const complaints = misfits.take();
      if (complaints.length > 0) throw new Error(`answers that do not fit their description: ${complaints.join('; ')}`);
    },
  };
}

/** Writes by bare requests that no fault befalls; waits out the rate limits. */
export class Writer {
  readonly id: string;
  readonly sent: string[] = [];
  readonly #core: EmulatorCore;
  readonly #clock: VirtualClock;
  readonly #threadId: string;

  constructor(core: EmulatorCore, clock: VirtualClock, id: string, threadId = '') {
    this.#core = core;
    this.#clock = clock;
    this.id = id;
    this.#threadId = threadId;
  }

  async send(content: string): Promise<void> {
    const response = await this.#write('POST', '', { content, senderDisplayName: 'Carla' });
    const answer: unknown = await response.json();
    if (typeof answer === 'object' && answer !== null && 'id' in answer) this.sent.push(String(answer.id));
  }

  async edit(id: string, content: string): Promise<void> {
    await this.#write('PATCH', `/${id}`, { content });
  }

  async delete(id: string): Promise<void> {
    await this.#write('DELETE', `/${id}`);
  }

  request(method: string, path: string, body?: unknown): Promise<Response> {
    const { token } = this.#core.issueToken(this.id, { scopes: ['chat'] });
    const type = method === 'PATCH' ? 'application/merge-patch+json' : 'application/json';
    return this.#core.handle(
      new Request(`${endpoint}${path}?api-version=2025-03-15`, {
        method,
        headers: { authorization: `Bearer ${token}`, 'content-type': type },
        ...(body !== undefined && { body: JSON.stringify(body) }),
      }),
    );
  }

  async #write(method: string, path: string, body?: unknown): Promise<Response> {
    for (;;) {
      const url = `/chat/threads/${encodeURIComponent(this.#threadId)}/messages${path}`;
      const response = await this.request(method, url, body);
      if (response.ok) return response;
      if (response.status !== 429) throw new Error(`unable to write; the emulator answered ${response.status}`);
      await delay(this.#clock, 1_000);
    }
  }
}

function threadIdOf(answer: unknown): string {
  if (typeof answer === 'object' && answer !== null && 'chatThread' in answer) {
    const { chatThread } = answer;
    if (typeof chatThread === 'object' && chatThread !== null && 'id' in chatThread) return String(chatThread.id);
  }
  throw new Error('unable to make a thread; the answer has none');
}
