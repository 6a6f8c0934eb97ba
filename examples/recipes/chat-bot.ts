import {
  delay,
  isContactCenterError,
  systemClock,
  type Clock,
  type ContactCenterClient,
  type Labels,
  type MessageItem,
  type Task,
} from 'onescreen';
import { concatMap, defer, filter, merge, mergeMap, take, takeWhile, type Observable, type Subscription } from 'rxjs';
import { messagesFromOthers } from './customer-messages';

/** What a bot does with a message: it says something, and then hands the customer over, ends the chat, or goes on. */
export interface BotReply {
  readonly say?: string;
  readonly handOver?: {
    readonly queue: string;
    /** For the next agent, shown with the offer. */
    readonly note?: string;
    /** Labels of the next task, and the conversation's context from now on. */
    readonly learnt?: Labels;
  };
  readonly end?: boolean;
}

export interface BotOptions {
  /** Called with what the customer writes, one message after the other. One that rejects hands the customer over to `humans`. */
  readonly reply: (message: MessageItem, task: Task) => Promise<BotReply>;
  /** The queue where people serve. */
  readonly humans: string;
  /** Said where nobody has said anything to the customer yet. */
  readonly greeting?: string;
  /** Where the bot's queue asks for one. */
  readonly disposition?: string;
  readonly onError?: (error: unknown) => void;
  readonly clock?: Clock;
}

/** Has a client that is signed in answer chats, those in hand first, until it is unsubscribed from. */
export function serveChats(client: ContactCenterClient, options: BotOptions): Subscription {
  const { onError = console.error, clock = systemClock } = options;
  const settled = (work: () => Promise<unknown>): Observable<unknown> => defer(() => work().catch(onError));
  const available$ = client.session$.pipe(
    filter(({ status }) => status === 'online'),
    concatMap(() => settled(() => client.agent.setAvailability({ kind: 'available' }))),
  );
  const accepted$ = client.offered$.pipe(
    mergeMap((offer) =>
      settled(() =>
        offer.accept().catch((error: unknown) => {
          if (!isContactCenterError(error, 'offer/gone')) throw error;
        }),
      ),
    ),
  );
  const served$ = newTasks(client).pipe(
    mergeMap((task) => {
      const wrapUp$ = task.status$.pipe(
        filter((status) => status === 'wrapping'),
        take(1),
      );
      return merge(
        answered(task, { ...options, clock }, settled),
        wrapUp$.pipe(concatMap(() => settled(() => again(clock, () => wrapUp(task, options))))),
      );
    }),
  );
  return merge(served$, accepted$, available$).subscribe();
}

/** Each task once that comes to the desk; one that leaves it and comes again is new. */
function newTasks({ tasks$ }: ContactCenterClient): Observable<Task> {
  return defer(() => {
    let known = new Set<string>();
    return tasks$.pipe(
      concatMap((tasks) => {
        const fresh = tasks.filter(({ id }) => !known.has(id));
        known = new Set(tasks.map(({ id }) => id));
        return fresh;
      }),
    );
  });
}

function answered(
  task: Task,
  options: BotOptions & { readonly clock: Clock },
  settled: (work: () => Promise<unknown>) => Observable<unknown>,
): Observable<unknown> {
  const { conversation, status$ } = task;
  const isMine = () => status$.value === 'assigned';
  const answeredBefore = answeredOf(task);
  const greeted$ = settled(async () => {
    if (options.greeting !== undefined && answeredBefore.size === 0 && isMine())
      await conversation.channel('chat')?.send(options.greeting);
  });
  const replied$ = messagesFromOthers(conversation.timeline$).pipe(
    takeWhile(isMine),
    filter(({ id, from }) => from === customerOf(task) && !answeredBefore.has(id)),
    concatMap((message) => settled(() => act(message, task, options))),
  );
  return merge(greeted$, replied$);
}

async function act(
  message: MessageItem,
  task: Task,
  { reply, humans, clock, onError = console.error }: BotOptions & { readonly clock: Clock },
): Promise<void> {
  const { conversation, status$ } = task;
  const chat = conversation.channel('chat');
  if (chat === undefined || status$.value !== 'assigned') return;
  chat.typing().catch(onError);
  const { say, handOver, end } = await reply(message, task).catch((error: unknown): BotReply => {
    onError(error);
    return { handOver: { queue: humans } };
  });
  const isMine = () => status$.value === 'assigned';
  if (say !== undefined && isMine()) await chat.send(say);
  if (handOver !== undefined) {
    const { queue, note, learnt = {} } = handOver;
    if (Object.keys(learnt).length > 0 && isMine()) await again(clock, () => conversation.setContext(learnt));
    const what = { labels: learnt, ...(note !== undefined && { note }) };
    if (isMine()) await again(clock, () => task.transfer({ queue }, what));
  } else if (end === true && isMine()) await again(clock, () => task.end());
}

async function wrapUp({ wrapUp: work }: Task, { disposition }: BotOptions): Promise<void> {
  await work.complete(disposition === undefined ? {} : { disposition });
}

/** A lost link or a server that is started anew costs a customer nothing. */
async function again(clock: Clock, command: () => Promise<unknown>): Promise<void> {
  for (;;) {
    try {
      await command();
      return;
    } catch (error) {
      if (!isContactCenterError(error) || !error.retryable) throw error;
      await delay(clock, error.retryAfterMs ?? 1_000);
    }
  }
}

function customerOf({ conversation }: Task): string | undefined {
  return conversation.participants$.value.find(({ role }) => role === 'customer')?.id;
}

/** Ids of messages up to the last of ours: this bot, or a colleague, has answered them. */
function answeredOf(task: Task): ReadonlySet<string> {
  const customer = customerOf(task);
  const messages = [...task.conversation.timeline$.value].filter((item) => item.kind === 'message');
  const last = messages.map(({ from }) => from !== customer).lastIndexOf(true);
  return new Set(messages.slice(0, last + 1).map(({ id }) => id));
}
