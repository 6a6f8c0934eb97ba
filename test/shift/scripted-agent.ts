import { ContactCenterClient, delay, isContactCenterError, type Clock, type Offer, type Task } from 'onescreen';
import { controlPlane, serverChat } from 'onescreen/control-plane';
import type { ContactCenterServer } from 'onescreen/server';
import { inProcessSocket, type SeededRandom } from 'onescreen/testing';

export interface ScriptedAgent {
  readonly accepted: number;
  readonly declined: number;
  readonly ignored: number;
  readonly drops: number;
  signIn(): Promise<void>;
  /** No more new work, and no more cuts of the link; what is in hand is finished. */
  finish(): void;
  close(): Promise<void>;
}

const answers = ['Let me have a look.', 'One moment, please.', 'I see it here.', 'That is done now.', 'My pleasure.'];

/** An agent who takes most offers, declines some, lets some expire, answers customers, and loses the link now and then. */
export function scriptedAgent(
  name: string,
  server: ContactCenterServer,
  clock: Clock,
  random: SeededRandom,
): ScriptedAgent {
  const socket = inProcessSocket(server, clock);
  const client = new ContactCenterClient({
    controlPlane: controlPlane('http://shift.test'),
    tokens: async () => ({ token: name, expiresOn: Date.UTC(2100, 0) }),
    providers: [serverChat()],
    environment: { clock, random: random.fork('client'), socket },
  });
  const counts = { accepted: 0, declined: 0, ignored: 0, drops: 0 };
  let finishing = false;

  /** What is under way when a chat, an offer or the link ends is refused; anything else fails the test. */
  const attempt = async (command: Promise<unknown>) => {
    await command.catch((error: unknown) => {
      if (!isContactCenterError(error)) throw error;
    });
  };

  async function consider(offer: Offer): Promise<void> {
    const mood = random.next();
    await delay(clock, random.integer(2_000, 9_000));
    if (mood < 0.06) {
      counts.ignored++;
    } else if (mood < 0.14) {
      counts.declined++;
      await attempt(offer.decline({ reason: 'busy' }));
    } else {
      await attempt(offer.accept());
    }
  }

  async function work(task: Task): Promise<void> {
    const { conversation, status$ } = task;
    let seen = 0;
    const unanswered = () => {
      let incoming = 0;
      for (const item of conversation.timeline$.value)
        if (item.kind === 'message' && item.direction === 'in') incoming++;
      return incoming > seen ? incoming : undefined;
    };
    // Bounded, so that a chat that has gone quiet is ended.
    for (let round = 0; round < 8 && status$.value === 'assigned'; round++) {
      await delay(clock, random.integer(8_000, 20_000));
      const incoming = unanswered();
      const chat = conversation.channel('chat');
      if (incoming === undefined || chat === undefined || status$.value !== 'assigned') continue;
      seen = incoming;
      await attempt(chat.markRead());
      await attempt(chat.typing());
      await attempt(chat.send(random.pick(answers)));
      round = 0;
    }
    // Tried again, as a person would, when the link was down for too long.
    while (status$.value === 'assigned') {
      await attempt(task.end());
      await delay(clock, random.integer(1_000, 5_000));
    }
    while (status$.value === 'wrapping') {
      await delay(clock, random.integer(15_000, 60_000));
      await attempt(task.wrapUp.complete({ disposition: random.pick(['solved', 'open']), notes: 'as agreed' }));
    }
  }

  /** Work is what is in hand, whichever way it came: an answer to `accept` may be lost with the link. */
  function takeWork(): void {
    let known = new Set<string>();
    client.tasks$.subscribe((tasks) => {
      for (const task of tasks) {
        if (known.has(task.id)) continue;
        counts.accepted++;
        void work(task);
      }
      known = new Set(tasks.map(({ id }) => id));
    });
  }

  function returnToWork(): void {
    client.agent.state$.subscribe(({ availability, next }) => {
      if (availability.kind === 'available' || next !== undefined || finishing) return;
      void delay(clock, random.integer(5_000, 60_000)).then(async () => {
        if (!finishing) await attempt(client.agent.setAvailability({ kind: 'available' }));
      });
    });
  }

  function loseLink(): void {
    clock.schedule(random.integer(20 * 60_000, 60 * 60_000), () => {
      if (finishing) return;
      counts.drops++;
      socket.drop({ recover: random.next() < 0.6, downMs: random.integer(200, 90_000) });
      loseLink();
    });
  }

  return {
    get accepted() {
      return counts.accepted;
    },
    get declined() {
      return counts.declined;
    },
    get ignored() {
      return counts.ignored;
    },
    get drops() {
      return counts.drops;
    },
    async signIn() {
      await client.signIn();
      client.offered$.subscribe((offer) => void consider(offer));
      takeWork();
      returnToWork();
      loseLink();
    },
    finish: () => void (finishing = true),
    close: () => client.close(),
  };
}
