import type { DevicesState, Preflight, PreflightResult, Registration } from 'onescreen';
import type { CallingSdk, OfficialClient } from './calling-sdk';

export interface PreflightFacts {
  readonly devices: DevicesState;
  readonly registration: Registration;
  readonly online: boolean;
}

const ok: PreflightResult = { ok: true };
const no = (detail: string): PreflightResult => ({ ok: false, detail });

/** Whether a call would work, by what the calling package says of the browser and by what is known of the rest. */
export async function checkPreflight(
  client: { readonly client: OfficialClient; readonly sdk: CallingSdk } | undefined,
  facts: () => PreflightFacts,
): Promise<Preflight> {
  const browser = client === undefined ? no('the calling package is not loaded') : await checkBrowser(client);
  const { devices, registration, online } = facts();
  return {
    browser,
    microphone: checkMicrophone(devices),
    speaker: checkSpeaker(devices),
    network: checkNetwork(registration, online),
  };
}

async function checkBrowser({
  client,
  sdk,
}: {
  readonly client: OfficialClient;
  readonly sdk: CallingSdk;
}): Promise<PreflightResult> {
  const info = await client.feature(sdk.Features.DebugInfo).getEnvironmentInfo();
  if (info.isSupportedEnvironment) return ok;
  const { platform, browser, browserVersion } = info.environment;
  const wrong = [
    ...(info.isSupportedPlatform ? [] : [`the platform ${platform}`]),
    ...(info.isSupportedBrowser ? [] : [`the browser ${browser}`]),
    ...(info.isSupportedBrowserVersion ? [] : [`version ${browserVersion} of the browser`]),
  ];
  return no(`not supported by the calling service: ${wrong.length === 0 ? browser : wrong.join(', ')}`);
}

function checkMicrophone({ permission, remedy, microphones }: DevicesState): PreflightResult {
  if (permission === 'denied' || permission === 'unavailable') return no(remedy ?? 'the microphone is not allowed');
  if (microphones.length === 0) return no(permission === 'granted' ? 'there is no microphone' : 'not asked for yet');
  return ok;
}

function checkSpeaker({ audio, speakerSelection, speakers }: DevicesState): PreflightResult {
  if (audio === 'blocked') return no('the browser plays no sound before a click');
  if (!speakerSelection.allowed) return { ok: true, detail: 'this browser lets no page choose the speaker' };
  return speakers.length === 0 ? no('there is no speaker') : ok;
}

function checkNetwork({ status, error }: Registration, online: boolean): PreflightResult {
  if (!online) return no('the browser is offline');
  return status === 'registered' ? ok : no(error?.message ?? `the phone is ${status}`);
}
