import { of, Subscription, switchMap, type Observable } from 'rxjs';
import { combine, createLive, sameJson, select, type Live } from '../live';
import type { ParkedRecord } from '../protocol/agent-frames';
import type { CallbackRecord } from '../protocol/log-entry';
import type { ReadinessCheck } from '../provider/readiness';
import type { DevicesState, Tabs, TabsState } from '../provider/voice-provider';
import type { AgentState } from './agent';
import type { DeskParts } from './desk';
import { createDevices, type Devices } from './devices';
import { readinessOf, type Readiness } from './readiness';
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

/** What a client shows of its phone, devices and tabs, and of calls that wait, from before the sign-in until it is closed. */
export interface Standing {
  readonly readiness$: Live<Readiness>;
  readonly devices: Devices;
  readonly tabs: Tabs;
  readonly parked$: Live<readonly ParkedRecord[]>;
  readonly callbacks$: Live<readonly CallbackRecord[]>;
  /** Shows the state of this sign-in from now on. */
  follow(parts: DeskParts | undefined): void;
  close(): void;
}

export function createStanding(session$: Live<SessionState>): Standing {
  const parts = createLive<DeskParts | undefined>(undefined);
  const watching = new Subscription();

  function mirror<T>(before: T, pick: (parts: DeskParts) => Live<T> | undefined): Live<T> {
    const shown = createLive(before);
    const source$: Observable<T> = parts.live.pipe(switchMap((now) => (now && pick(now)) ?? of(before)));
    watching.add(source$.subscribe((value) => shown.set(value)));
    watching.add(() => shown.complete());
    return shown.live;
  }

  const agent$ = mirror<AgentState | undefined>(undefined, ({ agent }) => agent.state$);
  const terms$ = mirror<Readonly<Record<string, ReadinessCheck>>>({}, ({ voice }) => voice?.terms$);
  const phone$ = mirror<{ readonly devices: DevicesState }>({ devices: noDevices }, ({ voice }) => voice?.phone.state$);
  return {
    readiness$: combine(
      [session$, agent$, terms$],
      () => readinessOf(session$.value, agent$.value, terms$.value),
      sameJson,
    ),
    devices: createDevices(
      select(phone$, ({ devices }) => devices),
      () => parts.value?.voice?.phone,
    ),
    tabs: {
      state$: mirror<TabsState>({ id: '', leading: false }, ({ voice }) => voice?.tabs.state$ ?? alone),
      takeOver: async () => parts.value?.voice?.tabs.takeOver(),
    },
    parked$: mirror<readonly ParkedRecord[]>([], ({ voice }) => voice?.parked$),
    callbacks$: mirror<readonly CallbackRecord[]>([], ({ voice }) => voice?.callbacks$),
    follow: (now) => parts.set(now),
    close() {
      parts.complete();
      watching.unsubscribe();
    },
  };
}
