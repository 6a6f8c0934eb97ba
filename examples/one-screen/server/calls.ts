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

/** As in production: with Call Automation, over HTTP, and Event Grid telling of calls that come in. */
export function automatedCalls(emulator: Emulator, url: string, logger?: Logger): DemoCalls {
  const { core, connectionString } = emulator;
  const host = callAutomationHost({
    connectionString,
    resourceAccount,
    callbackUrl: `${url}/call-automation`,
    webhookKey,
    // The emulator asks for no file, and plays music of its own.
    sounds: { music: { file: `${url}/sounds/music.wav` }, ringback: { file: `${url}/sounds/ringback.wav` } },
    // Pages of real agents exchange a token of Entra; the emulator gives out what they would get for it.
    async agentTokens({ acs = '' }) {
      const { token, expiresOn } = core.issueToken(acs, { kind: 'tpeAgent' });
      return { token, expiresOn: Date.parse(expiresOn), kind: 'tpeAgent' };
    },
    ...(logger !== undefined && { logger }),
  });
  return {
    host,
    async open() {
      core.calls.assignNumber(phoneNumber, resourceAccount);
      await core.eventGrid.subscribe({ endpoint: `${url}${host.webhooks.path}/events?key=${webhookKey}` });
    },
  };
}

/** In the emulator's own process, without any of that between. */
export function inProcessCalls({ core, endpoint }: Emulator): DemoCalls {
  return { host: emulatedCallHost(core, { resourceAccount, phoneNumber, endpoint }), open: async () => {} };
}
