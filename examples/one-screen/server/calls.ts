import { emulatedCallHost, type Emulator } from 'onescreen/emulator';
import { callAutomationHost, type CallHost, type Logger } from 'onescreen/server';
import { phoneNumber, resourceAccount } from './contact-center';

/** Secret of the demo's webhooks, which only this machine reaches. */
const webhookKey = 'development-webhook-key';

/** Carries the demo's calls. */
export interface DemoCalls {
  readonly host: CallHost;
  /** Lets calls in, once the server answers at its address. */
  open(): Promise<void>;
}

/** What the host of the demo's calls has to know. */
interface CallHostSettings {
  readonly connectionString: string;
  /** Where the server answers. */
  readonly url: string;
  /** What an agent's page gets for its token of Entra. */
  readonly agentToken: (acs: string) => Promise<{ readonly token: string; readonly expiresOn: string }>;
  readonly logger?: Logger;
}

/** As in production: with Call Automation, over HTTP. */
export function demoCallHost({ connectionString, url, agentToken, logger }: CallHostSettings) {
  return callAutomationHost({
    connectionString,
    resourceAccount,
    callbackUrl: `${url}/call-automation`,
    webhookKey,
    // The emulator asks for no file, and plays music of its own.
    sounds: { music: { file: `${url}/sounds/music.wav` }, ringback: { file: `${url}/sounds/ringback.wav` } },
    // Pages of real agents exchange a token of Entra; the emulator gives out what they would get for it.
    async agentTokens({ acs = '' }) {
      const { token, expiresOn } = await agentToken(acs);
      return { token, expiresOn: Date.parse(expiresOn), kind: 'tpeAgent' };
    },
    ...(logger !== undefined && { logger }),
  });
}

/** Lets calls into the server that answers at `url`: the emulator's number, and Event Grid that tells of calls to it. */
export async function openCalls({ core }: Emulator, url: string): Promise<void> {
  core.calls.assignNumber(phoneNumber, resourceAccount);
  await core.eventGrid.subscribe({ endpoint: `${url}/call-automation/events?key=${webhookKey}` });
}

/** As in production, with Event Grid telling of calls that come in. */
export function automatedCalls(emulator: Emulator, url: string, logger?: Logger): DemoCalls {
  const { core, connectionString } = emulator;
  const agentToken = async (acs: string) => core.issueToken(acs, { kind: 'tpeAgent' });
  const host = demoCallHost({ connectionString, url, agentToken, ...(logger !== undefined && { logger }) });
  return { host, open: () => openCalls(emulator, url) };
}

/** In the emulator's own process, without any of that between. */
export function inProcessCalls({ core, endpoint }: Emulator): DemoCalls {
  return { host: emulatedCallHost(core, { resourceAccount, phoneNumber, endpoint }), open: async () => {} };
}
