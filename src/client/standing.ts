import { of, switchMap, type Observable, type Subscription } from 'rxjs';
import { combine, createLive, select, type Live } from '../live';
import type { Phone, PhoneState } from '../provider/voice-provider';
import type { AgentState } from './agent';
import type { DeskParts } from './desk';
import { createDevices, type Devices } from './devices';
import { noPhone } from './no-phone';
import { readinessOf, sameReadiness, type Readiness } from './readiness';
import type { SessionState } from './session';
import type { Tabs, TabsState } from './tabs';
import type { TokenState } from './token-broker';

/** What a client shows of its phone, devices and tabs, from before the sign-in until it is closed. */
export class Standing {
  readonly readiness$: Live<Readiness>;
  readonly devices: Devices;
  readonly tabs: Tabs;
  readonly #none: Phone = noPhone();
  readonly #parts = createLive<DeskParts | undefined>(undefined);
  readonly #subscriptions: Subscription[] = [];

  constructor(session$: Live<SessionState>) {
    const agent$ = this.#mirror<AgentState | undefined>(undefined, ({ agent }) => agent.state$);
    const phone$ = this.#mirror<PhoneState | undefined>(undefined, ({ voice }) => voice?.phone.state$);
    const tokens$ = this.#mirror<TokenState>({}, ({ tokens }) => tokens.state$);
    const tabs$ = this.#mirror<TabsState>({ id: '', leading: false }, ({ tabs }) => tabs.tabs.state$);
    this.readiness$ = combine(
      [session$, agent$, phone$, tokens$],
      () =>
        readinessOf({
          session: session$.value,
          agent: agent$.value,
          phone: phone$.value,
          token: tokens$.value['calling'],
        }),
      sameReadiness,
    );
    const none = this.#none.state$.value.devices;
    this.devices = createDevices(
      select(phone$, (phone) => phone?.devices ?? none),
      () => this.#parts.value?.voice?.phone ?? this.#none,
    );
    this.tabs = {
      state$: tabs$,
      takeOver: async () => this.#parts.value?.tabs.tabs.takeOver(),
    };
  }

  /** Shows the state of this sign-in from now on. */
  follow(parts: DeskParts | undefined): void {
    this.#parts.set(parts);
  }

  close(): void {
    this.#parts.complete();
    for (const subscription of this.#subscriptions) subscription.unsubscribe();
  }

  #mirror<T>(before: T, pick: (parts: DeskParts) => Live<T> | undefined): Live<T> {
    const mirror = createLive(before);
    const source$: Observable<T> = this.#parts.live.pipe(switchMap((parts) => (parts && pick(parts)) ?? of(before)));
    this.#subscriptions.push(source$.subscribe({ next: (value) => mirror.set(value) }));
    this.#subscriptions.at(-1)?.add(() => mirror.complete());
    return mirror.live;
  }
}
