import {
  combine,
  createLive,
  select,
  type Cancel,
  type DialRequest,
  type ExpectedCall,
  type PhoneReport,
  type PhoneState,
  type TokenKind,
  type Voice,
  type VoiceContext,
} from 'onescreen';
import { filter, firstValueFrom, Subject, Subscription } from 'rxjs';
import { callControls } from './call-controls';
import { createCallTask } from './call-task';
import { CallWork } from './call-work';
import { createPhone } from './create-phone';
import type { HeldElsewhere } from './held-elsewhere';
import { phoneTerms, reportOf, sameTerms } from './readiness';
import { joinTabs, soleTab } from './tabs';
import { checkTokenKind } from './token-kind';
import { holdActive } from './hold-active';
import { PhoneVoiceChannel } from './voice-channel';
import type { OpenEndpoint } from './voice-endpoint';

/** A report that could not be told is told again after this long, in milliseconds: the control plane has it within 2 s. */
const retryReportMs = 1_000;

/** How long a phone that a ring did not reach counts as not ready, whatever it says, in milliseconds (chosen). */
const unreachableMs = 5_000;

/** What a tab says that led before. */
const withdrawal: PhoneReport = { ready: false, reasons: ['not-leading'] };

/** A voice service, as its provider knows it. */
export interface VoiceService {
  readonly tokenKinds: readonly TokenKind[];
  readonly open: OpenEndpoint;
}

/**
 * A client's voice over `service.open`, which opens a voice service's endpoint: its phone over all tabs, its channels, and the
 * readiness that the control plane is told of.
 */
export function createVoice(context: VoiceContext, service: VoiceService): Voice {
  const { online$, tokenStatus$, report: send } = context;
  const { clock } = context.environment;
  const tabs = context.tabs === undefined ? soleTab(context.environment) : joinTabs(context.tabs, context.environment);
  const { leading$ } = tabs.link;
  const channels = new Map<string, PhoneVoiceChannel>();
  const opened = new Subject<PhoneVoiceChannel>();
  const heldElsewhere: HeldElsewhere = {
    isHeld: (channelId) => channels.get(channelId)?.state$.value.status === 'held',
    hold: async (channelId) => (await channelOf(channelId)).hold(),
  };
  const phone = createPhone({ ...context, tabs: tabs.link, heldElsewhere }, service.open);
  const expected = new Map<string, { readonly channelId: string; readonly cancel: Cancel }>();
  const dialled = new Set<string>();
  const awaited = createLive<ReadonlySet<string>>(new Set());
  const subscriptions = new Subscription();
  const work = new CallWork({ clock, isMuted: context.isMuted ?? (() => false), expect, forget });
  const terms$ = combine(
    [phone.state$, tokenStatus$],
    () => phoneTerms(phone.state$.value, tokenStatus$.value),
    sameTerms,
  );
  let told: PhoneReport | undefined;
  let held: PhoneReport | undefined;
  /** The control plane may hold what this tab has told while it led. */
  let speaks = false;
  let telling = false;
  let closed = false;
  let cancelRetry: Cancel = () => {};

  /** A call is answered a moment before its conversation opens here. */
  async function channelOf(channelId: string): Promise<PhoneVoiceChannel> {
    return channels.get(channelId) ?? firstValueFrom(opened.pipe(filter(({ id }) => id === channelId)));
  }

  function updateAwaited(): void {
    const next = new Set([...[...expected.values()].map(({ channelId }) => channelId), ...dialled]);
    if (next.size !== awaited.value.size || [...next].some((id) => !awaited.value.has(id))) awaited.set(next);
  }

  function expect(call: ExpectedCall): void {
    if (closed) return;
    phone.expect(call);
    if (expected.has(call.correlationId)) return;
    const cancel = clock.schedule(call.expiresAt - clock.now(), () => forget(call.correlationId));
    expected.set(call.correlationId, { channelId: call.channelId, cancel });
    updateAwaited();
  }

  function forget(correlationId: string): void {
    phone.forget(correlationId);
    drop(correlationId);
    updateAwaited();
  }

  function drop(correlationId: string): void {
    expected.get(correlationId)?.cancel();
    expected.delete(correlationId);
  }

  async function dial(request: DialRequest): Promise<void> {
    dialled.add(request.channelId);
    updateAwaited();
    try {
      await phone.dial(request);
    } finally {
      dialled.delete(request.channelId);
      updateAwaited();
    }
  }

  /** What has come is awaited no more, however it goes on. */
  function arrived(state: PhoneState): void {
    const here = new Set(state.calls.filter(({ status }) => status !== 'ended').map(({ channelId }) => channelId));
    for (const [correlationId, { channelId }] of expected) if (here.has(channelId)) drop(correlationId);
    updateAwaited();
  }

  /** Only the tab that owns the media tells: the others see the same, but would outlive it. One that did takes it back. */
  async function tell(): Promise<void> {
    cancelRetry();
    const leads = leading$.value;
    if (send === undefined || closed || telling || !(leads || speaks) || !online$.value) return;
    const report = leads ? reportOf(terms$.value) : withdrawal;
    if (told !== undefined && sameReport(told, report)) return;
    telling = true;
    speaks ||= leads;
    held = undefined; // What it held before is no more; what it says meanwhile counts.
    try {
      await send(report);
      told = report;
      speaks &&= leads;
    } catch {
      // The control plane's own silence shows in the session; it is told again.
    } finally {
      telling = false;
    }
    if (!closed) cancelRetry = clock.schedule(told === report ? 0 : retryReportMs, () => void tell());
    correct();
  }

  /** The control plane may hold another word: of a tab that led before, or its own after a ring that found nobody. */
  function correct(): void {
    if (closed || telling || !leading$.value || told === undefined || held === undefined || sameReport(told, held))
      return;
    told = undefined;
    cancelRetry();
    cancelRetry = clock.schedule(
      held.reasons.includes('unreachable') ? unreachableMs : retryReportMs,
      () => void tell(),
    );
  }

  const again = () => {
    told = undefined;
    void tell();
  };
  subscriptions.add(phone.state$.subscribe(arrived));
  subscriptions.add(terms$.subscribe(() => void tell()));
  subscriptions.add(online$.subscribe(() => void tell()));
  subscriptions.add(leading$.subscribe(again));

  return {
    phone,
    tabs: tabs.tabs,
    ready: () => checkTokenKind(service.tokenKinds, context.tokens),
    terms$,
    channel(call) {
      const { channelId } = call;
      const channel = new PhoneVoiceChannel(call, {
        clock,
        phone,
        awaited$: select(awaited.live, (ids) => ids.has(channelId)),
        async holdOthers() {
          for (const other of channels.values())
            if (other !== channel && other.state$.value.status === 'connected') await other.hold();
          await context.holdMeetings?.();
        },
        closed: () => channels.delete(channelId),
      });
      channels.set(channelId, channel);
      opened.next(channel);
      return channel;
    },
    dial,
    async call(to, { queueId, context: labels, ...options } = {}, command, taken) {
      const args = { to, ...(queueId !== undefined && { queueId }), ...(labels !== undefined && { context: labels }) };
      const answer = await command('call/dial', args, options);
      const task = taken(answer);
      if (answer.dial === undefined) return task;
      return dial({ ...answer.dial, conversationId: answer.conversation.id, to }).then(
        () => task,
        // Nobody rings: the conversation is over before it began, and its wrap-up says so.
        async (error: unknown) => {
          await task.end().catch(() => {});
          throw error;
        },
      );
    },
    holdActive: () => holdActive(phone.state$.value, channelOf),
    controls: callControls,
    task: (host) => createCallTask(host, clock),
    parked$: work.parked$,
    callbacks$: work.callbacks$,
    receive(push, ahead) {
      if (closed) return;
      if (push.type === 'agent') {
        held = push.agent.phone;
        correct();
      }
      work.receive(push, ahead);
      // After a gap the control plane may not know any more.
      if (push.type === 'snapshot') again();
    },
    async close() {
      if (closed) return;
      closed = true;
      cancelRetry();
      subscriptions.unsubscribe();
      for (const { cancel } of expected.values()) cancel();
      await phone.close();
      opened.complete();
      work.close();
      tabs.close();
      awaited.complete();
    },
  };
}

function sameReport(a: PhoneReport, b: PhoneReport): boolean {
  return a.ready === b.ready && a.reasons.join() === b.reasons.join();
}
