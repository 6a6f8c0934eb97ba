import { ContactCenterError, type VoiceProvider } from 'onescreen';
import { createVoice } from 'onescreen/voice';
import { callingLoader, type CallingSource } from './calling-sdk';
import type { UnconfirmedCapabilities } from './capability-table';
import { toCustomContext, type CallHeaders } from './custom-context';
import { systemPage, type DeviceStorage } from './device-page';
import { acsEndpoint } from './endpoint';
import { agentKinds, type AgentKind, type Persona } from './persona';

export interface AcsVoiceOptions {
  /** As whom calls are taken. A token that says another kind is refused with `agent/identity-mismatch`. */
  readonly persona: Persona;
  /** The calling package. Default: `import('@azure/communication-calling')`, when the phone opens. */
  readonly sdk?: CallingSource;
  /** Where chosen devices are kept over reloads. Default: `localStorage` where there is one. */
  readonly storage?: DeviceStorage;
  /** What else travels with calls made from this page, beside our own id of the call. */
  readonly headers?: CallHeaders;
  /** What Microsoft's texts contradict each other about and is known to work here. Default: nothing. */
  readonly unconfirmed?: UnconfirmedCapabilities;
  /**
   * Told which agent object of the calling package took the token, at each registration. For a `tpeAgent` it is the
   * Teams one, or after a refusal (403/40231) the other.
   */
  readonly onAgent?: (kind: AgentKind) => void;
}

/**
 * Calls over Azure Communication Services and Teams, by the official calling package, which is loaded when it is
 * needed and only in browsers. Tokens are of the audience `calling` and of the kind `persona`.
 * @throws ContactCenterError `command/invalid` without a `persona`, and for headers beyond the limits
 * @example
 * new ContactCenterClient({ controlPlane, tokens, providers: [acsVoice({ persona: 'tpeAgent' })] });
 */
export function acsVoice(options: AcsVoiceOptions): VoiceProvider {
  const { persona, sdk, storage, headers, unconfirmed, onAgent } = { ...options };
  if (!Object.hasOwn(agentKinds, persona)) {
    const why = 'persona must be tpeAgent, teamsUser or acsUser';
    throw new ContactCenterError('command/invalid', `unable to use calls; ${why}`, { field: 'persona' });
  }
  if (headers !== undefined) toCustomContext('', headers);
  const load = callingLoader(sdk);
  // That it cannot be loaded is told when the phone opens.
  whenIdle(() => void load().catch(() => {}));
  return {
    channel: 'voice',
    name: 'acs',
    tokenKinds: [persona],
    open: (context) =>
      createVoice(context, {
        tokenKinds: [persona],
        open: acsEndpoint({
          ...{ persona, load, page: systemPage(storage) },
          ...(headers !== undefined && { headers }),
          ...(unconfirmed !== undefined && { unconfirmed }),
          ...(onAgent !== undefined && { onAgent }),
        }),
      }),
  };
}

/** Runs when the browser has nothing better to do; where it does not tell, never. */
function whenIdle(run: () => void): void {
  /* eslint-disable no-restricted-globals -- no time is taken from it, only a moment when the page is not busy */
  if (typeof requestIdleCallback === 'function') requestIdleCallback(run);
}
