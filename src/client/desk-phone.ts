import { Subscription } from 'rxjs';
import type { Environment } from '../environment/environment';
import { ContactCenterError, isContactCenterError } from '../errors';
import { combine, createLive, type Live } from '../live';
import type { AgentRecord, ExpectedCallRecord, PhoneReport } from '../protocol/agent-frames';
import type { ControlPlaneLink } from '../provider/control-plane';
import type { HeldToken } from '../provider/token-provider';
import type { Phone, PhoneState, TabsLink, VoiceProvider } from '../provider/voice-provider';
import { phoneReport, samePhoneReport } from './readiness';
import type { TokenBroker } from './token-broker';

/** The phone as the desk uses it: told which calls to expect, and its readiness told to the control plane. */
export interface DeskPhone {
  readonly provider: string;
  readonly phone: Phone;
  /** Channels whose call this side is about to be brought into. */
  readonly awaited$: Live<ReadonlySet<string>>;
  readonly report$: Live<PhoneReport>;
  expect(call: ExpectedCallRecord, options: { readonly muted: boolean }): void;
  forget(correlationId: string): void;
  /** A call that this desk makes itself. */
  dialling(channelId: string, dial: Promise<void>): void;
  /** Tells the control plane again how the phone stands: after a gap it may not know any more. */
  reportAgain(): void;
  close(): Promise<void>;
}

/** A report that could not be told is told again after this long, in milliseconds: the control plane has it within 2 s. */
const retryReportMs = 1_000;

export function openDeskPhone(options: {
  readonly provider: VoiceProvider;
  readonly agent: AgentRecord;
  readonly tokens: TokenBroker;
  readonly environment: Environment;
  readonly tabs: TabsLink;
  readonly online$: Live<boolean>;
  readonly command: ControlPlaneLink['command'];
}): DeskPhone {
  const { provider, agent, tokens, environment, tabs, online$, command } = options;
  const { clock } = environment;
  const { id, displayName, providerRefs } = agent;
  const phone = provider.openPhone({ self: { id, displayName, providerRefs }, tokens, environment, tabs });
  const expected = new Map<string, { readonly channelId: string; readonly cancel: () => void }>();
  const dialled = new Set<string>();
  const awaited = createLive<ReadonlySet<string>>(new Set());
  const subscriptions = new Subscription();
  const report$ = combine(
    [phone.state$, tokens.state$],
    () => phoneReport(phone.state$.value, tokens.state$.value['calling']),
    samePhoneReport,
  );
  let told: PhoneReport | undefined;
  let telling = false;
  let closed = false;
  let cancelRetry = () => {};

  const updateAwaited = () => {
    const next = new Set([...[...expected.values()].map(({ channelId }) => channelId), ...dialled]);
    if (next.size !== awaited.value.size || [...next].some((id) => !awaited.value.has(id))) awaited.set(next);
  };

  function forget(correlationId: string): void {
    const call = expected.get(correlationId);
    if (call === undefined) return;
    call.cancel();
    expected.delete(correlationId);
    phone.forget(correlationId);
    updateAwaited();
  }

  /** What has come is awaited no more, however it goes on. */
  function arrived(state: PhoneState): void {
    const here = new Set(state.calls.filter(({ status }) => status !== 'ended').map(({ channelId }) => channelId));
    for (const [correlationId, { channelId, cancel }] of expected) {
      if (!here.has(channelId)) continue;
      cancel();
      expected.delete(correlationId);
    }
    updateAwaited();
  }

  /** Only the tab that owns the media tells: the others see the same, but would outlive it. */
  async function tell(): Promise<void> {
    cancelRetry();
    const report = report$.value;
    if (closed || telling || !tabs.leading$.value || !online$.value || told === report) return;
    telling = true;
    try {
      await command('phone/report', report, { timeoutMs: 5_000 });
      told = report;
    } catch {
      // The control plane's own silence shows in the session; it is told again.
    } finally {
      telling = false;
    }
    if (told !== report$.value && !closed)
      cancelRetry = clock.schedule(told === report ? 0 : retryReportMs, () => void tell());
  }

  subscriptions.add(phone.state$.subscribe(arrived));
  subscriptions.add(report$.subscribe(() => void tell()));
  subscriptions.add(online$.subscribe(() => void tell()));
  subscriptions.add(
    tabs.leading$.subscribe(() => {
      told = undefined;
      void tell();
    }),
  );

  return {
    provider: provider.name,
    phone,
    awaited$: awaited.live,
    report$,
    expect(call, { muted }) {
      if (closed) return;
      phone.expect({ ...call, muted });
      if (expected.has(call.correlationId)) return;
      const cancel = clock.schedule(call.expiresAt - clock.now(), () => forget(call.correlationId));
      expected.set(call.correlationId, { channelId: call.channelId, cancel });
      updateAwaited();
    },
    forget,
    dialling(channelId, dial) {
      dialled.add(channelId);
      updateAwaited();
      void dial
        .catch(() => {})
        .then(() => {
          dialled.delete(channelId);
          updateAwaited();
        });
    },
    reportAgain() {
      told = undefined;
      void tell();
    },
    async close() {
      if (closed) return;
      closed = true;
      cancelRetry();
      subscriptions.unsubscribe();
      for (const { cancel } of expected.values()) cancel();
      await phone.close();
      awaited.complete();
    },
  };
}

/** Refuses a token of a kind that the provider cannot work with. Without a token the desk goes on without calls. */
export async function checkTokenKind(provider: VoiceProvider, tokens: TokenBroker): Promise<void> {
  let token: HeldToken;
  try {
    token = await tokens.get('calling');
  } catch (error) {
    if (isContactCenterError(error, 'agent/identity-mismatch')) throw error;
    return;
  }
  if (token.kind === undefined || provider.tokenKinds.includes(token.kind)) return;
  const wanted = provider.tokenKinds.join(' or ');
  const why = `tokens({ audience: 'calling' }) gave a token of kind ${token.kind}, and the voice provider wants ${wanted}`;
  throw new ContactCenterError('agent/identity-mismatch', `unable to sign in; ${why}`, { field: 'tokens().kind' });
}
