import { Subscription } from 'rxjs';
import type { ConversationEvent } from '../conversation/conversation-event';
import type { Environment } from '../environment/environment';
import { ContactCenterError, isContactCenterError } from '../errors';
import { createLive, select, type LiveSource } from '../live';
import type {
  AgentCommands,
  AgentPush,
  AgentRecord,
  ExpectedCallRecord,
  OfferOutcome,
  OfferRecord,
  ParkedRecord,
} from '../protocol/agent-frames';
import type { ConversationRecord } from '../protocol/frames';
import type { CallbackRecord } from '../protocol/log-entry';
import { isVoiceProvider, type Provider } from '../provider/provider';
import type { CommandOptions, ControlPlane, ControlPlaneLink, LinkState } from '../provider/control-plane';
import type { TokenProvider } from '../provider/token-provider';
import { createAgent, type Agent } from './agent';
import { withCommandOptions } from './command-options';
import type { ContactCenterEvent, ContactCenterFact } from './contact-center-event';
import type { Conversation } from './conversation';
import { DeskOffer, type Offer } from './offer';
import type { ConversationVoice } from './conversation-options';
import { createConversation, type OpenConversation } from './open-conversation';
import { missingVoice } from './devices';
import { inFlight } from './in-flight';
import type { Outbound } from './outbound';
import type { SessionState } from './session';
import { createTask, type Task } from './task';
import { createTokens } from './token-broker';
import type { Voice } from '../provider/voice-provider';

/** Everything between one sign-in and its end. */
export interface Desk {
  /** Resolves with the first snapshot. */
  ready(options: CommandOptions | undefined): Promise<Agent>;
  readonly command: ControlPlaneLink['command'];
  readonly call: Outbound['call'];
  /** Takes what waits for any agent. */
  readonly take: Takes;
  close(): Promise<void>;
}

export type Takes = <Name extends 'parked/take' | 'callback/take'>(
  name: Name,
  args: AgentCommands[Name]['args'],
  options: CommandOptions | undefined,
) => Promise<Task>;

export interface DeskOptions {
  readonly controlPlane: ControlPlane;
  readonly tokens: TokenProvider;
  readonly providers: readonly Provider[];
  readonly environment: Environment;
  readonly session: LiveSource<SessionState>;
  readonly offers: LiveSource<readonly Offer[]>;
  readonly tasks: LiveSource<readonly Task[]>;
  readonly conversations: LiveSource<readonly Conversation[]>;
  readonly parked: LiveSource<readonly ParkedRecord[]>;
  readonly callbacks: LiveSource<readonly CallbackRecord[]>;
  /** What the sign-in brought, for the client's own state. */
  readonly signedIn: (parts: DeskParts) => void;
  readonly publish: (origin: ContactCenterEvent['origin'], fact: ContactCenterFact) => void;
  readonly onSignedOut: () => void;
}

/** Longest a report of the phone waits for its answer, in milliseconds: then it is told again. */
const reportTimeoutMs = 5_000;

/** What a desk has from the first snapshot on. */
export interface DeskParts {
  readonly agent: Agent;
  readonly voice: Voice | undefined;
}

/** After this long without word from the control plane an expired offer counts as expired here too, in milliseconds. */
const expiryGraceMs = 2_000;

/** A difference to the control plane's clock below this is taken for the time that word takes, in milliseconds (chosen). */
const clockToleranceMs = 2_000;

export function createDesk(options: DeskOptions): Desk {
  const { environment } = options;
  const { clock } = environment;
  const tokens = createTokens(options.tokens, environment);
  const voiceProvider = options.providers.find(isVoiceProvider);
  const link = options.controlPlane.connect({ environment, tokens });
  const online$ = select(link.state$, (state) => state.status === 'online');
  const command: ControlPlaneLink['command'] = (name, args, commandOptions) => link.command(name, args, commandOptions);
  const subscriptions = new Subscription();
  const open = new Map<string, { readonly hands: OpenConversation; readonly watch: Subscription }>();
  const tasks = new Map<string, Task>();
  const taking = inFlight<Task>();
  const offers = new Map<string, { readonly offer: DeskOffer; readonly cancelExpiry: () => void }>();
  let record: LiveSource<AgentRecord> | undefined;
  let agent: Agent | undefined;
  let parts: DeskParts | undefined;
  /** Until when calls are expected, by correlation id. */
  const expected = new Map<string, number>();
  let closed = false;
  /** How much this desk's clock is ahead of the control plane's, in milliseconds. */
  let ahead = 0;
  let settleReady: { resolve: (agent: Agent) => void; reject: (error: unknown) => void } | undefined;

  function takePush(push: AgentPush): void {
    switch (push.type) {
      case 'snapshot':
        return takeSnapshot(push);
      case 'agent':
        return takeAgent(push.agent);
      case 'offer':
        // What a page has slept over looks like a difference of clocks: the smallest is the nearest.
        ahead = Math.min(ahead, aheadOf(push.offer.issuedAt));
        return addOffer(push.offer);
      case 'offer-ended':
        return endOffer(push.offerId, push.outcome);
      case 'conversation':
        openConversation(push.conversation);
        return;
      case 'conversation-left':
        return leaveConversation(push.conversationId);
      case 'call-expected':
        return expectCall(push.call);
      case 'call-forgotten':
        return forgetCall(push.correlationId);
      case 'parked':
        return takeParked(push.parked);
      case 'callbacks':
        return options.callbacks.set(push.callbacks.map(hereAndNow));
      case 'log':
      case 'typing':
        return open.get(push.conversationId)?.hands.receive(push);
      case 'signed-out':
        return options.onSignedOut();
    }
  }

  function aheadOf(theirNow: number): number {
    const difference = clock.now() - theirNow;
    return Math.abs(difference) < clockToleranceMs ? 0 : difference;
  }

  function expectCall(call: ExpectedCallRecord): void {
    // Its correlation is the offer's id; a call to rejoin has one of its own.
    const muted = offers.get(call.correlationId)?.offer.muted ?? false;
    const expiresAt = call.expiresAt + ahead;
    for (const [id, until] of expected) if (until < clock.now()) expected.delete(id);
    expected.set(call.correlationId, expiresAt);
    parts?.voice?.expect({ ...call, muted, expiresAt });
  }

  function forgetCall(correlationId: string): void {
    expected.delete(correlationId);
    parts?.voice?.forget(correlationId);
  }

  function takeSnapshot(push: Extract<AgentPush, { type: 'snapshot' }>): void {
    if (push.at !== undefined) ahead = aheadOf(push.at);
    takeAgent(push.agent);
    const still = new Set(push.conversations.map((conversation) => conversation.id));
    for (const id of [...open.keys()]) if (!still.has(id)) leaveConversation(id);
    for (const conversation of push.conversations) openConversation(conversation);
    const offered = new Set(push.offers.map((offer) => offer.id));
    for (const id of [...offers.keys()])
      if (!offered.has(id) && !offers.get(id)?.offer.accepting) endOffer(id, outcomeOfLost(id));
    for (const offer of push.offers) addOffer(offer);
    const rings = new Set(push.expected?.map((call) => call.correlationId));
    for (const id of [...expected.keys()]) if (!rings.has(id)) forgetCall(id);
    for (const call of push.expected ?? []) expectCall(call);
    takeParked(push.parked);
    options.callbacks.set((push.callbacks ?? []).map(hereAndNow));
    parts?.voice?.reportAgain();
    updateSession();
    if (agent !== undefined) settleReady?.resolve(agent);
  }

  function hereAndNow(callback: CallbackRecord): CallbackRecord {
    return { ...callback, dueAt: callback.dueAt + ahead, requestedAt: callback.requestedAt + ahead };
  }

  function takeParked(parked: readonly ParkedRecord[] = []): void {
    const ours = ({ parkedAt, returnsAt }: ParkedRecord) => ({
      parkedAt: parkedAt + ahead,
      returnsAt: returnsAt + ahead,
    });
    options.parked.set(parked.map((one) => ({ ...one, ...ours(one) })));
  }

  function takeAgent(next: AgentRecord): void {
    if (record === undefined) {
      record = createLive(next);
      agent = createAgent(record.live, command, takeAgent);
      const { id, displayName, providerRefs } = next;
      const voice = voiceProvider?.open({
        self: { id, displayName, providerRefs },
        tokens,
        environment,
        tabs: `agent/${id}`,
        tokenStatus$: select(tokens.state$, (state) => state['calling']),
        online$,
        report: (report) => command('phone/report', report, { timeoutMs: reportTimeoutMs }),
      });
      parts = { agent, voice };
      options.signedIn(parts);
    } else {
      record.set(next);
      parts?.voice?.heard(next.phone);
    }
  }

  /** What became of an offer that a snapshot no longer has. */
  function outcomeOfLost(offerId: string): OfferOutcome {
    const offer = offers.get(offerId)?.offer;
    if (offer !== undefined && tasks.has(offer.task.id)) return 'accepted';
    return offer !== undefined && offer.expiresAt.getTime() <= clock.now() ? 'expired' : 'revoked';
  }

  function addOffer(theirs: OfferRecord): void {
    if (offers.has(theirs.id)) return;
    const offerRecord = { ...theirs, issuedAt: theirs.issuedAt + ahead, expiresAt: theirs.expiresAt + ahead };
    const offer = new DeskOffer(offerRecord, command, ({ taskId, conversation }) => {
      openConversation(conversation);
      const task = requireTask(taskId, 'accept offer');
      endOffer(offerRecord.id, 'accepted');
      return task;
    });
    const wait = offerRecord.expiresAt + expiryGraceMs - clock.now();
    const cancelExpiry = clock.schedule(wait, () => {
      if (!offer.accepting) endOffer(offer.id, 'expired');
    });
    offers.set(offer.id, { offer, cancelExpiry });
    options.offers.set([...offers.values()].map((entry) => entry.offer));
    options.publish('control-plane', {
      type: 'offer-issued',
      offerId: offer.id,
      conversationId: offer.conversation.id,
    });
  }

  function requireTask(id: string, what: string): Task {
    const task = tasks.get(id);
    if (task !== undefined) return task;
    throw new ContactCenterError('task/gone', `unable to ${what}; its task has ended already`);
  }

  function endOffer(id: string, outcome: OfferOutcome): void {
    const entry = offers.get(id);
    if (entry === undefined) return;
    entry.cancelExpiry();
    offers.delete(id);
    entry.offer.end(outcome);
    options.offers.set([...offers.values()].map((one) => one.offer));
    options.publish('control-plane', { type: 'offer-ended', offerId: id, outcome });
  }

  function openConversation(conversation: ConversationRecord): void {
    if (closed) return;
    const known = open.get(conversation.id);
    if (known !== undefined) return known.hands.load(conversation);
    const { id } = conversation;
    const hands = createConversation({
      id,
      self: conversation.self,
      providers: options.providers,
      tokens,
      environment,
      controlPlane: { online$, command },
      ...(parts?.voice !== undefined &&
        voiceProvider !== undefined && { voice: voiceOf(id, parts.voice, voiceProvider.name) }),
      end: (commandOptions) => endTasksOf(id, commandOptions),
      setContext: async (patch, commandOptions) => {
        await command('context/set', { conversationId: id, patch }, commandOptions);
      },
      onEvent: (event) => options.publish(originOf(event), { type: 'conversation', conversationId: id, event }),
    });
    const watch = new Subscription();
    open.set(id, { hands, watch });
    hands.load(conversation);
    watch.add(hands.tasks$.subscribe(() => updateTasks(id, hands)));
    watch.add(hands.standings$.subscribe(updateSession));
    options.conversations.set([...open.values()].map((entry) => entry.hands.conversation));
  }

  function voiceOf(conversationId: string, voice: Voice, provider: string): ConversationVoice {
    return {
      provider,
      voice,
      command: (channelId, name, args, commandOptions) =>
        // The arguments belong to the name: the channel says so.
        command(name, Object.assign({ conversationId, channelId }, args), commandOptions),
    };
  }

  function leaveConversation(id: string): void {
    const entry = open.get(id);
    if (entry === undefined) return;
    open.delete(id);
    entry.watch.unsubscribe();
    for (const task of [...tasks.values()]) if (task.conversationId === id) tasks.delete(task.id);
    options.tasks.set([...tasks.values()]);
    options.conversations.set([...open.values()].map((one) => one.hands.conversation));
    void entry.hands.close();
    updateSession();
  }

  function updateTasks(conversationId: string, hands: OpenConversation): void {
    const before = tasks.size;
    let changed = false;
    for (const task of hands.tasks$.value.values()) {
      const mine = task.agentId === record?.value.id && isInHand(task.status);
      if (mine && !tasks.has(task.id)) tasks.set(task.id, createTask(task, hands, clock, online$, command));
      else if (!mine && tasks.get(task.id)?.conversationId === conversationId) changed = tasks.delete(task.id);
    }
    if (changed || tasks.size !== before) options.tasks.set([...tasks.values()]);
  }

  const call: Outbound['call'] = async (to, { queueId, context, ...commandOptions } = {}) => {
    const voice = parts?.voice;
    if (voice === undefined) throw missingVoice('call');
    const args = { to, ...(queueId !== undefined && { queueId }), ...(context !== undefined && { context }) };
    const { taskId, conversation, dial } = await command('call/dial', args, commandOptions);
    openConversation(conversation);
    const task = requireTask(taskId, 'call');
    if (dial === undefined) return task;
    return voice.dial({ ...dial, conversationId: conversation.id, to }).then(
      () => task,
      // Nobody rings: the conversation is over before it began, and its wrap-up says so.
      async (error: unknown) => {
        await task.end().catch(() => {});
        throw error;
      },
    );
  };

  const take: Takes = (name, args, commandOptions) =>
    taking(JSON.stringify(args), async () => {
      const { taskId, conversation } = await command(name, args, commandOptions);
      openConversation(conversation);
      return requireTask(taskId, 'take call');
    });

  async function endTasksOf(conversationId: string, commandOptions: CommandOptions | undefined): Promise<void> {
    const mine = [...tasks.values()].filter((task) => task.conversationId === conversationId);
    await Promise.all(mine.map((task) => task.end(commandOptions)));
  }

  function updateSession(): void {
    const { value } = options.session;
    const next = sessionOf(link.state$.value, lostParts(), record !== undefined);
    if (next.status === value.status && next.error === value.error && next.lost.join() === value.lost.join()) return;
    const since = next.status === value.status ? value.since : new Date(clock.now());
    options.session.set({ ...next, since });
    options.publish('desk', { type: 'session', state: options.session.value });
  }

  function lostParts(): readonly string[] {
    const lost = new Set<string>();
    for (const { hands } of open.values()) {
      for (const standing of hands.standings$.value.values())
        if (standing.status === 'recovering') lost.add(standing.type);
    }
    if (Object.values(tokens.state$.value).some((status) => status !== 'valid')) lost.add('tokens');
    return [...lost];
  }

  /** What waiting cannot mend ends the wait for the first snapshot. */
  function noteFailure(state: LinkState): void {
    const isMalformedToken = isContactCenterError(state.error, 'token/unavailable') && state.error.field !== undefined;
    if (isMalformedToken) settleReady?.reject(state.error);
    else if (state.status === 'refused') settleReady?.reject(refusal(state));
  }

  subscriptions.add(link.pushes$.subscribe(takePush));
  subscriptions.add(tokens.state$.subscribe(updateSession));
  subscriptions.add(
    link.state$.subscribe((state) => {
      updateSession();
      noteFailure(state);
      if (state.status === 'refused' && agent !== undefined) options.onSignedOut();
    }),
  );

  return {
    command,
    call,
    take,
    async ready(commandOptions) {
      const first = new Promise<Agent>((resolve, reject) => {
        settleReady = { resolve, reject };
      });
      if (agent !== undefined) return agent;
      noteFailure(link.state$.value);
      try {
        return await withCommandOptions(clock, commandOptions, 'sign in', async () => {
          const signedIn = await first;
          await parts?.voice?.ready();
          return signedIn;
        });
      } catch (error) {
        const { error: cause } = link.state$.value;
        if (!isContactCenterError(error, 'command/timed-out') || cause === undefined) throw error;
        if (isContactCenterError(cause, 'token/unavailable')) throw cause;
        throw new ContactCenterError('command/timed-out', `${error.message}; see cause`, { retryable: true, cause });
      }
    },
    async close() {
      if (closed) return;
      closed = true;
      settleReady?.reject(new ContactCenterError('session/closed', 'unable to sign in; the client is closed'));
      subscriptions.unsubscribe();
      for (const { offer } of [...offers.values()]) endOffer(offer.id, 'revoked');
      const hands = [...open.values()];
      for (const entry of hands) entry.watch.unsubscribe();
      open.clear();
      tasks.clear();
      options.tasks.set([]);
      options.conversations.set([]);
      options.parked.set([]);
      options.callbacks.set([]);
      await Promise.all(hands.map((entry) => entry.hands.close()));
      await parts?.voice?.close();
      await link.close();
      await tokens.close();
      record?.complete();
      const { error } = link.state$.value;
      options.session.set({
        status: 'signed-out',
        since: new Date(clock.now()),
        lost: [],
        ...(error !== undefined && { error }),
      });
    },
  };
}

function refusal(state: LinkState): ContactCenterError {
  return state.error ?? new ContactCenterError('session/unauthorized', 'unable to sign in; the control plane refused');
}

/** Whether a task of this status is in its agent's hands. */
function isInHand(status: string): boolean {
  return status === 'assigned' || status === 'wrapping' || status === 'completed';
}

function originOf(event: ConversationEvent): ContactCenterEvent['origin'] {
  return event.type === 'log' || event.type === 'previous' ? 'control-plane' : event.type === 'item' ? 'provider' : 'desk';
}

function sessionOf(link: LinkState, lost: readonly string[], known: boolean): Omit<SessionState, 'since'> {
  const error = link.error === undefined ? {} : { error: link.error };
  if (link.status === 'refused') return { status: 'signed-out', lost: [], ...error };
  if (link.status === 'online' && known) return { status: lost.length > 0 ? 'degraded' : 'online', lost };
  if (link.status === 'offline' && known) return { status: 'offline', lost: ['offers', ...lost], ...error };
  return { status: 'connecting', lost: [], ...error };
}
