import type { Environment } from '../environment/environment';
import { isContactCenterError } from '../errors';
import { LiveValue, sameJson, select, Subscription, type LiveSource } from '../live';
import type { AgentCommands, AgentPush, AgentRecord } from '../protocol/agent-frames';
import type { CommandOptions, ControlPlane, ControlPlaneLink, LinkState } from '../provider/control-plane';
import type { Meetings } from '../provider/meeting-provider';
import { isMeetingProvider, isVoiceProvider, type Provider } from '../provider/provider';
import type { TokenProvider } from '../provider/token-provider';
import type { Voice } from '../provider/voice-provider';
import { createAgent, type Agent } from './agent';
import { withCommandOptions } from './command-options';
import type { ContactCenterEvent, ContactCenterFact } from './contact-center-event';
import type { Conversation } from './conversation';
import { missingVoice } from './devices';
import type { Focus } from './focus';
import { inFlight } from './in-flight';
import type { Offer } from './offer';
import { createOfferBook, type OfferBook } from './offer-book';
import { createOpenWork, type OpenWork } from './open-work';
import type { Outbound } from './outbound';
import { sessionOf, type SessionState } from './session';
import type { Task } from './task';
import { createTokens } from './token-broker';
import { closedClient, unable } from './unable';

/** Everything between one sign-in and its end. */
export interface Desk {
  /** Resolves with the first snapshot. */
  ready(options: CommandOptions | undefined): Promise<Agent>;
  readonly command: ControlPlaneLink['command'];
  readonly call: Outbound['call'];
  /** Takes what waits for any agent. */
  take<Name extends 'parked/take' | 'callback/take'>(
    name: Name,
    args: AgentCommands[Name]['args'],
    options: CommandOptions | undefined,
  ): Promise<Task>;
  /** Once. */
  close(): Promise<void>;
}

/** What a desk fills and empties. */
export interface DeskWork {
  readonly signedIn: LiveValue<SignedIn | undefined>;
  readonly offers: LiveValue<readonly Offer[]>;
  readonly tasks: LiveValue<readonly Task[]>;
  readonly conversations: LiveValue<readonly Conversation[]>;
}

export interface DeskOptions extends DeskWork {
  readonly controlPlane: ControlPlane;
  readonly tokens: TokenProvider;
  readonly providers: readonly Provider[];
  readonly environment: Environment;
  readonly session: LiveSource<SessionState>;
  readonly focus: Focus;
  readonly publish: (origin: ContactCenterEvent['origin'], fact: ContactCenterFact) => void;
  readonly onSignedOut: () => void;
}

/** What a client shows of a desk from the first snapshot on. */
export interface SignedIn {
  readonly agent: Agent;
  readonly voice: Voice | undefined;
}

/** Longest a report of the phone waits for its answer, in milliseconds: then it is told again. */
const reportTimeoutMs = 5_000;

/** A difference to the control plane's clock below this is taken for the time that word takes, in milliseconds (chosen). */
const clockToleranceMs = 2_000;

interface Parts extends SignedIn {
  readonly record: LiveSource<AgentRecord>;
  readonly meetings: Meetings | undefined;
  readonly work: OpenWork;
  readonly offers: OfferBook;
}

/** A task that was given to this agent at once. */
type Given = AgentCommands['offer/accept']['result'];

export function createDesk(options: DeskOptions): Desk {
  const { environment, providers, session, publish } = options;
  const { clock } = environment;
  const tokens = createTokens(options.tokens, environment);
  const link = options.controlPlane.connect({ environment, tokens });
  const online$ = select(link.state$, (state) => state.status === 'online');
  const command: ControlPlaneLink['command'] = (name, args, commandOptions) => link.command(name, args, commandOptions);
  const subscriptions = new Subscription();
  const taking = inFlight<Task>();
  let parts: Parts | undefined;
  /** How much this desk's clock is ahead of the control plane's, in milliseconds. */
  let ahead = 0;
  let settleFirst: { resolve: (agent: Agent) => void; reject: (error: unknown) => void } | undefined;

  function takePush(push: AgentPush): void {
    if (push.type === 'snapshot' && push.at !== undefined) ahead = aheadOf(push.at);
    if ('agent' in push) takeAgent(push.agent);
    if (parts === undefined) return;
    switch (push.type) {
      case 'agent':
        return;
      case 'snapshot':
        parts.work.replace(push.conversations, push.drafts ?? {});
        parts.offers.replace(push.offers, ahead);
        parts.voice?.receive(push, ahead);
        updateSession();
        return settleFirst?.resolve(parts.agent);
      case 'offer':
        // What a page has slept over looks like a difference of clocks: the smallest is the nearest.
        ahead = Math.min(ahead, aheadOf(push.offer.issuedAt));
        return parts.offers.add(push.offer, ahead);
      case 'offer-ended':
        return parts.offers.end(push.offerId, push.outcome);
      case 'conversation':
        return parts.work.open(push.conversation);
      case 'conversation-left':
        return void parts.work.leave(push.conversationId);
      case 'log':
      case 'typing':
        return parts.work.receive(push);
      case 'wrap-up-draft':
        return parts.work.drafted(push.taskId, push.draft);
      case 'signed-out':
        return options.onSignedOut();
      default:
        parts.voice?.receive(push, ahead);
    }
  }

  function aheadOf(theirNow: number): number {
    const difference = clock.now() - theirNow;
    return Math.abs(difference) < clockToleranceMs ? 0 : difference;
  }

  function takeAgent(next: AgentRecord): void {
    if (parts === undefined) {
      parts = begin(next);
      options.signedIn.set(parts);
    } else {
      parts.record.set(next);
      parts.voice?.receive({ type: 'agent', agent: next }, ahead);
    }
  }

  function begin(first: AgentRecord): Parts {
    const record = new LiveValue(first);
    const context = { self: first, tokens, environment, tabs: `agent/${first.id}` };
    const voiceProvider = providers.find(isVoiceProvider);
    const meetingProvider = providers.find(isMeetingProvider);
    const voice: Voice | undefined = voiceProvider?.open({
      ...context,
      tokenStatus$: select(tokens.state$, (state) => state['calling']),
      online$,
      isMuted: (correlationId) => offers.isMuted(correlationId),
      report: (report) => command('phone/report', report, { timeoutMs: reportTimeoutMs }),
      // One thing is active at a time: a call or a meeting.
      holdMeetings: async () => meetings?.holdActive(),
    });
    const meetings: Meetings | undefined = meetingProvider?.meetings({
      ...context,
      holdCalls: async () => voice?.holdActive(),
    });
    const work: OpenWork = createOpenWork({
      ...{ ...options, tokens, online$, command },
      agent$: record,
      voice: voice && voiceProvider && { voice, provider: voiceProvider.name },
      meetings: meetings && meetingProvider && { meetings, provider: meetingProvider.name },
      changed: updateSession,
    });
    const offers: OfferBook = createOfferBook({
      ...{ ...options, clock, command },
      // Its correlation is the offer's id; a call to rejoin has one of its own.
      accepted: (answer) => work.taken(answer, 'accept offer'),
      isInHand: (taskId) => work.has(taskId),
    });
    return { agent: createAgent(record, command, takeAgent), record, voice, meetings, work, offers };
  }

  /** The voice for a command that brings a task. */
  function calling(what: string) {
    if (parts?.voice === undefined) throw missingVoice(what);
    const { voice, work } = parts;
    return { voice, taken: (answer: Given) => work.taken(answer, what) };
  }

  function updateSession(): void {
    if (subscriptions.closed) return;
    const lost = new Set(parts?.work.recovering());
    if (Object.values(tokens.state$.value).some((status) => status !== 'valid')) lost.add('tokens');
    const next = sessionOf(link.state$.value, [...lost], parts !== undefined);
    const { since, ...shown } = session.value;
    if (sameJson(next, shown)) return;
    session.set({ ...next, since: next.status === shown.status ? since : new Date(clock.now()) });
    publish('desk', { type: 'session', state: session.value });
  }

  function takeState({ status, error }: LinkState): void {
    updateSession();
    // What waiting cannot mend ends the wait for the first snapshot.
    const isMalformedToken = isContactCenterError(error, 'token/unavailable') && error.field !== undefined;
    if (status !== 'refused' && !isMalformedToken) return;
    settleFirst?.reject(error);
    if (status === 'refused' && parts !== undefined) options.onSignedOut();
  }

  return {
    command,
    async call(to, callOptions) {
      const { voice, taken } = calling('call');
      return voice.call(to, callOptions, command, taken);
    },
    take: (name, args, commandOptions) =>
      taking(JSON.stringify(args), async () => {
        const { taken } = calling('take call');
        return taken(await command(name, args, commandOptions));
      }),
    async ready(commandOptions) {
      try {
        return await withCommandOptions(clock, commandOptions, 'sign in', async () => {
          const agent = await new Promise<Agent>((resolve, reject) => {
            settleFirst = { resolve, reject };
            subscriptions.add(link.pushes$.subscribe(takePush));
            subscriptions.add(tokens.state$.subscribe(updateSession));
            subscriptions.add(link.state$.subscribe(takeState));
          });
          await parts?.voice?.ready();
          return agent;
        });
      } catch (error) {
        const { error: cause } = link.state$.value;
        if (!isContactCenterError(error, 'command/timed-out') || cause === undefined) throw error;
        if (isContactCenterError(cause, 'token/unavailable')) throw cause;
        throw unable('sign in', 'see cause', error.code, { retryable: true, cause });
      }
    },
    async close() {
      settleFirst?.reject(closedClient('sign in'));
      subscriptions.unsubscribe();
      parts?.offers.close();
      await parts?.work.close();
      await Promise.all([parts?.voice?.close(), parts?.meetings?.close()]);
      await link.close();
      await tokens.close();
      parts?.record.complete();
      session.set({ ...link.state$.value, status: 'signed-out', since: new Date(clock.now()), lost: [] });
    },
  };
}
