import { createLive, systemClock, systemRandom, type Live, type TokenKind } from 'onescreen';
import type { VoiceEndpoint } from 'onescreen/voice';
import { callingLoader, type CallingSdk } from '../../src/acs/calling/calling-sdk';
import { systemPage } from '../../src/acs/calling/device-page';
import { acsEndpoint } from '../../src/acs/calling/endpoint';
import type { AgentKind, Persona } from '../../src/acs/calling/persona';

/** The page that drives our endpoint over the official package, with no network beyond this machine. */
export interface PackagePage {
  readonly complaints: readonly string[];
  /** Settles when the official package has been evaluated, which takes a page about a second. */
  readonly loaded: Promise<void>;
  devices(): Promise<VoiceEndpoint['devices']['state$']['value']>;
  /** What becomes of a registration with an ACS token that does not say its kind. */
  register(persona: Persona, kind?: TokenKind): Promise<VoiceEndpoint['registration$']['value']>;
  dial(): Promise<unknown>;
  fallBack(): Promise<readonly AgentKind[]>;
  cycles(count: number): Promise<{ readonly agents: number; readonly errors: readonly string[] }>;
  preflight(): Promise<unknown>;
  level(): Promise<number>;
}

declare global {
  interface Window {
    packagePage: PackagePage;
  }
}

const complaints: string[] = [];
window.addEventListener('error', (event) => complaints.push(`error: ${event.message}`));
window.addEventListener('unhandledrejection', (event) => complaints.push(`unhandled: ${String(event.reason)}`));

const official = (): Promise<CallingSdk> => import('@azure/communication-calling');
const load = callingLoader(official);

function open(persona: Persona, kind?: TokenKind, onAgent: (kind: AgentKind) => void = () => {}): VoiceEndpoint {
  const expiresAt = systemClock.now() + 3_600_000;
  const held = { token: unsignedToken(expiresAt), expiresAt, ...(kind !== undefined && { kind }) };
  return acsEndpoint({ persona, load, page: systemPage(), onAgent })({
    ...{ displayName: 'Ada', providerRefs: {}, tokens: { get: async () => held } },
    ...{ clock: systemClock, random: systemRandom },
  });
}

/** Nothing checks it: there is nobody to reach. */
function unsignedToken(expiresAt: number): string {
  const part = (value: object) =>
    btoa(JSON.stringify(value)).replaceAll('=', '').replaceAll('+', '-').replaceAll('/', '_');
  const resourceId = '11111111-2222-4333-8444-555555555555';
  const skypeid = `acs:${resourceId}_00000000-0000-0000-0000-000000000001`;
  const payload = { skypeid, scp: 1792, acsScope: 'voip', resourceId, exp: Math.floor(expiresAt / 1000) };
  return `${part({ alg: 'none', typ: 'JWT' })}.${part(payload)}.c2lnbmF0dXJl`;
}

function until<T>(live: Live<T>, condition: (value: T) => boolean): Promise<T> {
  return new Promise((resolve) => {
    const subscription = live.subscribe((value) => {
      if (!condition(value)) return;
      resolve(value);
      queueMicrotask(() => subscription.unsubscribe());
    });
  });
}

async function using<T>(endpoint: VoiceEndpoint, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } finally {
    await endpoint.close();
  }
}

window.packagePage = {
  complaints,
  loaded: official().then(() => {}),
  devices() {
    const endpoint = open('acsUser');
    return using(endpoint, async () => {
      await endpoint.devices.askPermission();
      await until(endpoint.devices.state$, ({ microphones }) => microphones.length > 1);
      const second = endpoint.devices.state$.value.microphones[1]?.id ?? '';
      await endpoint.devices.selectMicrophone(second);
      return until(endpoint.devices.state$, ({ microphone }) => microphone === second);
    });
  },
  register(persona, kind) {
    const endpoint = open(persona, kind);
    return using(endpoint, () => until(endpoint.registration$, ({ status }) => status !== 'registering'));
  },
  dial() {
    const endpoint = open('acsUser');
    return using(endpoint, async () => {
      await until(endpoint.registration$, ({ status }) => status === 'lost');
      const call = endpoint.dial({ phone: '+4930123456' }, { correlationId: 'correlation-1', muted: false });
      return (await until(call.state$, ({ status }) => status === 'ended')).end;
    });
  },
  async fallBack() {
    const kinds = createLive<readonly AgentKind[]>([]);
    const endpoint = open('tpeAgent', undefined, (kind) => kinds.set([...kinds.value, kind]));
    return using(endpoint, () => until(kinds.live, ({ length }) => length > 0));
  },
  async cycles(count) {
    let agents = 0;
    const errors: string[] = [];
    for (let cycle = 0; cycle < count; cycle++) {
      const made = createLive(false);
      const endpoint = open('acsUser', undefined, () => {
        agents += 1;
        made.set(true);
      });
      endpoint.registration$.subscribe(({ error }) => {
        if (error !== undefined) errors.push(`${error.code}: ${error.message}`);
      });
      // With no network an agent takes 15 s to be there; most are closed before, as a double mount does.
      if (cycle % 5 === 0) await until(made.live, (isMade) => isMade);
      void endpoint.close();
    }
    const last = open('acsUser');
    await using(last, () => until(last.registration$, ({ status }) => status !== 'registering'));
    return { agents, errors };
  },
  preflight() {
    const endpoint = open('acsUser');
    return using(endpoint, async () => {
      await endpoint.devices.askPermission();
      await until(endpoint.devices.state$, ({ microphones }) => microphones.length > 0);
      return endpoint.preflight();
    });
  },
  level() {
    const endpoint = open('acsUser');
    return using(endpoint, async () => {
      await endpoint.devices.askPermission();
      await until(endpoint.devices.state$, ({ microphone }) => microphone !== undefined);
      return new Promise<number>((resolve) => {
        let most = 0;
        let samples = 0;
        const subscription = endpoint.devices.level$.subscribe((level) => {
          most = Math.max(most, level);
          samples += 1;
          if (samples < 25) return;
          resolve(most);
          subscription.unsubscribe();
        });
      });
    });
  },
};
