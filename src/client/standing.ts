import type { Observable, ObservableInput } from 'rxjs';
import { combine, latestOf, LiveValue, sameJson, select, type Live } from '../live';
import type { ParkedRecord } from '../protocol/agent-frames';
import type { CallbackRecord } from '../protocol/log-entry';
import type { ReadinessCheck } from '../provider/readiness';
import type { DevicesState, Tabs, TabsState } from '../provider/voice-provider';
import type { AgentState } from './agent';
import type { SignedIn } from './desk';
import { notSupported } from './controls';
import { createDevices, type Devices } from './devices';
import { readinessOf, type Readiness } from './readiness';
import type { SessionState } from './session';

const noDevices: DevicesState = {
  permission: 'unavailable',
  microphones: [],
  speakers: [],
  speakerSelection: notSupported,
  audio: 'blocked',
};

/** What a client shows of its phone, devices and tabs, and of calls that wait, from before the sign-in until it is closed. */
export interface Standing {
  readonly readiness$: Live<Readiness>;
  readonly devices: Devices;
  readonly tabs: Tabs;
  readonly parked$: Live<readonly ParkedRecord[]>;
  readonly callbacks$: Live<readonly CallbackRecord[]>;
}

export function createStanding(session$: Live<SessionState>, signedIn$: Live<SignedIn | undefined>): Standing {
  function mirror<T>(before: T, pick: (now: SignedIn) => ObservableInput<T> | undefined): Live<T> {
    const shown = new LiveValue(before);
    const source$: Observable<T> = latestOf(signedIn$, (now) => (now && pick(now)) ?? [before]);
    source$.subscribe({ next: (value) => shown.set(value), complete: () => shown.complete() });
    return shown;
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
      latestOf(signedIn$, (now) => now?.voice?.phone.microphoneLevel$ ?? []),
      () => signedIn$.value?.voice?.phone,
    ),
    tabs: {
      // Without voice every tab is for itself.
      state$: mirror<TabsState>(
        { id: '', leading: false },
        ({ voice }) => voice?.tabs.state$ ?? [{ id: '', leading: true }],
      ),
      takeOver: async () => signedIn$.value?.voice?.tabs.takeOver(),
    },
    parked$: mirror<readonly ParkedRecord[]>([], ({ voice }) => voice?.parked$),
    callbacks$: mirror<readonly CallbackRecord[]>([], ({ voice }) => voice?.callbacks$),
  };
}
