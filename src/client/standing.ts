import { of, switchMap, type Observable, type Subscription } from 'rxjs';
import { combine, createLive, select, type Live } from '../live';
import type { ParkedRecord } from '../protocol/agent-frames';
import type { CallbackRecord } from '../protocol/log-entry';
import type { ReadinessCheck } from '../provider/readiness';
import type { DevicesState, Tabs, TabsState } from '../provider/voice-provider';
import type { AgentState } from './agent';
import type { DeskParts } from './desk';
import { createDevices, type Devices } from './devices';
import { readinessOf, sameReadiness, type Readiness } from './readiness';
import type { SessionState } from './session';

/** Without voice every tab is for itself. */
const alone = createLive<TabsState>({ id: '', leading: true }).live;

const noDevices: DevicesState = {
  permission: 'unavailable',
  microphones: [],
  speakers: [],
  speakerSelection: { allowed: false, reason: 'not-supported' },
  audio: 'blocked',
};

/** What a client shows of its phone, devices and tabs, from before the sign-in until it is closed. */
export class Standing {
  readonly readiness$: Live<Readiness>;
  readonly devices: Devices;
  readonly tabs: Tabs;
  readonly parked$: Live<readonly ParkedRecord[]>;
  readonly callbacks$: Live<readonly CallbackRecord[]>;
  readonly #parts = createLive<DeskParts | undefined>(undefined);
  readonly #subscriptions: Subscription[] = [];

  constructor(session$: Live<SessionState>) {
    const agent$ = this.#mirror<AgentState | undefined>(undefined, ({ agent }) => agent.state$);
    const terms$ = this.#mirror<Readonly<Record<string, ReadinessCheck>>>({}, ({ voice }) => voice?.terms$);
    const phone$ = this.#mirror<{ readonly devices: DevicesState }>(
      { devices: noDevices },
      ({ voice }) => voice?.phone.state$,
    );
    const tabs$ = this.#mirror<TabsState>({ id: '', leading: false }, ({ voice }) => voice?.tabs.state$ ?? alone);
    this.parked$ = this.#mirror<readonly ParkedRecord[]>([], ({ voice }) => voice?.parked$);
    this.callbacks$ = this.#mirror<readonly CallbackRecord[]>([], ({ voice }) => voice?.callbacks$);
    this.readiness$ = combine(
      [session$, agent$, terms$],
      () => readinessOf(session$.value, agent$.value, terms$.value),
      sameReadiness,
    );
    this.devices = createDevices(
      select(phone$, ({ devices }) => devices),
      () => this.#parts.value?.voice?.phone,
    );
    this.tabs = {
      state$: tabs$,
      takeOver: async () => this.#parts.value?.voice?.tabs.takeOver(),
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
