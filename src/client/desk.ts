import { given } from '../given';
import { Subscription } from 'rxjs';
import type { Environment } from '../environment/environment';
import { ContactCenterError, isContactCenterError } from '../errors';
import { createLive, select, type Live, type LiveSource } from '../live';
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
import { inFlight } from './in-flight';
import type { Offer } from './offer';
import { createOfferBook, type OfferBook } from './offer-book';
import { createOpenWork, type OpenWork } from './open-work';
import type { Outbound } from './outbound';
import { sessionOf, type SessionState } from './session';
import type { Task } from './task';
import { createTokens } from './token-broker';
import { createWrapUpDrafts, type WrapUpDrafts } from './wrap-up-drafts';

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
  readonly focus$: Live<Conversation | undefined>;
  /** What the sign-in brought, for the client's own state. */
  readonly signedIn: (parts: DeskParts) => void;
  readonly publish: (origin: ContactCenterEvent['origin'], fact: ContactCenterFact) => void;
  readonly onSignedOut: () => void;
}

/** What a desk has from the first snapshot on. */
export interface DeskParts {
  readonly agent: Agent;
  readonly voice: Voice | undefined;
}

/** Longest a report of the phone waits for its answer, in milliseconds: then it is told again. */
const reportTimeoutMs = 5_000;

/** A difference to the control plane's clock below this is taken for the time that word takes, in milliseconds (chosen). */
const clockToleranceMs = 2_000;

interface SignedIn extends DeskParts {
  readonly record: LiveSource<AgentRecord>;
  readonly meetings: Meetings | undefined;
  readonly work: OpenWork;
  readonly offers: OfferBook;
  readonly drafts: WrapUpDrafts;
}

export function createDesk(options: DeskOptions): Desk {
  const { environment, providers, session, publish } = options;
  const { clock } = environment;
  const tokens = createTokens(options.tokens, environment);
  const link = options.controlPlane.connect({ environment, tokens });
  const online$ = select(link.state$, (state) => state.status === 'online');
  const command: ControlPlaneLink['command'] = (name, args, commandOptions) => link.command(name, args, commandOptions);
  const subscriptions = new Subscription();
  const taking = inFlight<Task>();
  let signedIn: SignedIn | undefined;
  let closed = false;
  /** How much this desk's clock is ahead of the control plane's, in milliseconds. */
  let ahead = 0;
  let settleReady: { resolve: (agent: Agent) => void; reject: (error: unknown) => void } | undefined;

  function takePush(push: AgentPush): void {
    if (push.type === 'snapshot') {
      if (push.at !== undefined) ahead = aheadOf(push.at);
      takeAgent(push.agent);
      signedIn?.work.replace(push.conversations);
      signedIn?.drafts.replace(push.drafts ?? {});
      signedIn?.offers.replace(push.offers, ahead);
    } else if (push.type === 'agent') {
      return takeAgent(push.agent);
    }
    if (signedIn === undefined) return;
    const { work, offers, drafts, voice, agent } = signedIn;
    switch (push.type) {
      case 'offer':
        // What a page has slept over looks like a difference of clocks: the smallest is the nearest.
        ahead = Math.min(ahead, aheadOf(push.offer.issuedAt));
        return offers.add(push.offer, ahead);
      case 'offer-ended':
        return offers.end(push.offerId, push.outcome);
      case 'conversation':
        return work.open(push.conversation);
      case 'conversation-left':
        return work.leave(push.conversationId);
      case 'log':
      case 'typing':
        return work.receive(push);
      case 'wrap-up-draft':
        return drafts.receive(push.taskId, push.draft);
      case 'signed-out':
        return options.onSignedOut();
      default:
        voice?.receive(push, ahead);
    }
    if (push.type !== 'snapshot') return;
    updateSession();
    settleReady?.resolve(agent);
  }

  function aheadOf(theirNow: number): number {
    const difference = clock.now() - theirNow;
    return Math.abs(difference) < clockToleranceMs ? 0 : difference;
  }

  function takeAgent(next: AgentRecord): void {
    if (signedIn === undefined) {
      signedIn = begin(next);
      options.signedIn(signedIn);
    } else {
      signedIn.record.set(next);
      signedIn.voice?.receive({ type: 'agent', agent: next }, ahead);
    }
  }

  function begin(first: AgentRecord): SignedIn {
    const record = createLive(first);
    const { id, displayName, providerRefs } = first;
    const context = { self: { id, displayName, providerRefs }, tokens, environment, tabs: `agent/${id}` };
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
    const drafts = createWrapUpDrafts(clock, command);
    const work: OpenWork = createOpenWork({
      ...{ ...options, tokens, online$, command, drafts },
      agent$: record.live,
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
    return { agent: createAgent(record.live, command, takeAgent), record, voice, meetings, work, offers, drafts };
  }

  const call: Outbound['call'] = async (to, callOptions) => {
    if (signedIn?.voice === undefined) throw missingVoice('call');
    const { voice, work } = signedIn;
    return voice.call(to, callOptions, command, (answer) => work.taken(answer, 'call'));
  };

  const take: Takes = (name, args, commandOptions) =>
    taking(JSON.stringify(args), async () => {
      if (signedIn?.voice === undefined) throw missingVoice('take call');
      const { work } = signedIn;
      return work.taken(await command(name, args, commandOptions), 'take call');
    });

  function updateSession(): void {
    const { value } = session;
    const lost = new Set(signedIn?.work.recovering());
    if (Object.values(tokens.state$.value).some((status) => status !== 'valid')) lost.add('tokens');
    const next = sessionOf(link.state$.value, [...lost], signedIn !== undefined);
    if (next.status === value.status && next.error === value.error && next.lost.join() === value.lost.join()) return;
    const since = next.status === value.status ? value.since : new Date(clock.now());
    session.set({ ...next, since });
    publish('desk', { type: 'session', state: session.value });
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
      if (state.status === 'refused' && signedIn !== undefined) options.onSignedOut();
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
      if (signedIn !== undefined) return signedIn.agent;
      noteFailure(link.state$.value);
      try {
        return await withCommandOptions(clock, commandOptions, 'sign in', async () => {
          const agent = await first;
          await signedIn?.voice?.ready();
          return agent;
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
      signedIn?.offers.close();
      signedIn?.drafts.close();
      await signedIn?.work.close();
      await Promise.all([signedIn?.voice?.close(), signedIn?.meetings?.close()]);
      await link.close();
      await tokens.close();
      signedIn?.record.complete();
      const { error } = link.state$.value;
      const since = new Date(clock.now());
      session.set({ status: 'signed-out', since, lost: [], ...given({ error }) });
    },
  };
}

function refusal({ error }: LinkState): ContactCenterError {
  return error ?? new ContactCenterError('session/unauthorized', 'unable to sign in; the control plane refused');
}
