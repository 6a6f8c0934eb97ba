import type { IncomingCall, TeamsIncomingCall } from '@azure/communication-calling';
import {
  ContactCenterError,
  type CallEnd,
  type CallTarget,
  type Live,
  type Preflight,
  type Registration,
} from 'onescreen';
import type {
  DialOptions,
  EndpointContext,
  IncomingInvite,
  OpenEndpoint,
  VoiceCall,
  VoiceDevices,
  VoiceEndpoint,
} from 'onescreen/voice';
import { Subject, type Observable } from 'rxjs';
import { TokenBridge } from '../credential';
import type { AgentHandle, CallHandle } from './agent-handle';
import { AcsCall } from './call';
import { toCallingError } from './calling-error';
import type { UnconfirmedCapabilities } from './capability-table';
import type { CallingSdk, OfficialClient } from './calling-sdk';
import { toCustomContext, type CallHeaders } from './custom-context';
import type { DevicePage } from './device-page';
import { AcsDevices } from './devices';
import { toIdentifier, toOnBehalfOf } from './identifiers';
import { AcsInvite, type IncomingHandle } from './incoming';
import type { AgentKind, Persona } from './persona';
import { checkPreflight } from './preflight';
import { AgentRegistration } from './registration';

export interface EndpointOptions {
  readonly persona: Persona;
  readonly load: () => Promise<CallingSdk>;
  readonly page: DevicePage;
  readonly headers?: CallHeaders;
  readonly unconfirmed?: UnconfirmedCapabilities;
  readonly onAgent?: (kind: AgentKind) => void;
}

/** Opens endpoints over the calling package. */
export function acsEndpoint(options: EndpointOptions): OpenEndpoint {
  return (context) => new AcsEndpoint(options, context);
}

const left: CallEnd = {
  outcome: 'cancelled',
  code: 'call/gone',
  retryable: false,
  message: 'this page is not registered any more',
};

class AcsEndpoint implements VoiceEndpoint {
  readonly #options: EndpointOptions;
  readonly #context: EndpointContext;
  readonly #devices: AcsDevices;
  readonly #registration: AgentRegistration;
  readonly #incoming = new Subject<IncomingInvite>();
  readonly #calls = new Set<AcsCall>();
  readonly #invites = new Set<AcsInvite>();
  #client: { readonly client: OfficialClient; readonly sdk: CallingSdk } | undefined;
  #closing: Promise<void> | undefined;

  constructor(options: EndpointOptions, context: EndpointContext) {
    const { persona, load, page, onAgent } = options;
    const { tokens, clock, random, displayName, providerRefs } = context;
    this.#options = options;
    this.#context = context;
    this.#devices = new AcsDevices(page, clock);
    this.#registration = new AgentRegistration({
      ...{ persona, load, clock, random, displayName },
      identity: `${persona} ${providerRefs[persona === 'teamsUser' ? 'teams' : 'acs'] ?? ''}`,
      bridge: new TokenBridge(tokens, 'calling'),
      onClient: (client, sdk) => {
        this.#client = { client, sdk };
        this.#devices.attach(client, sdk);
      },
      onAgent: (handle) => this.#listen(handle),
      ...(onAgent !== undefined && { onKind: onAgent }),
      isBusy: () => this.#calls.size > 0,
    });
  }

  get registration$(): Live<Registration> {
    return this.#registration.state$;
  }

  get devices(): VoiceDevices {
    return this.#devices;
  }

  get incoming$(): Observable<IncomingInvite> {
    return this.#incoming.asObservable();
  }

  dial(to: CallTarget, { correlationId, onBehalfOf, muted }: DialOptions): VoiceCall {
    const target = toIdentifier(to);
    const behalf = onBehalfOf === undefined ? undefined : toOnBehalfOf(onBehalfOf);
    const customContext = toCustomContext(correlationId, this.#options.headers);
    const handle = this.#registration.handle;
    if (handle === undefined || this.#closing !== undefined) {
      throw new ContactCenterError('agent/unreachable', 'unable to call; this page is not registered for calls', {
        retryable: true,
      });
    }
    if (handle.kind === 'CallAgent' && behalf !== undefined) {
      throw new ContactCenterError('command/invalid', 'unable to call; only Teams agents call on behalf of others', {
        field: 'onBehalfOf',
      });
    }
    const options = { customContext, audioOptions: { muted } };
    // On behalf of a resource account the server answers, and brings the callee in.
    const shape = behalf === undefined ? 'one-to-one' : 'group';
    try {
      if (handle.kind === 'CallAgent') {
        return this.#open({ kind: 'Call', call: handle.agent.startCall([target.id], options) }, 'out', shape);
      }
      const id = target.kind === 'acsUser' ? { id: target.id.communicationUserId } : target.id;
      const call = handle.agent.startCall(id, {
        ...options,
        ...(behalf !== undefined && { onBehalfOfOptions: behalf }),
      });
      return this.#open({ kind: 'TeamsCall', call }, 'out', shape);
    } catch (error) {
      throw toCallingError(error, 'call');
    }
  }

  preflight(): Promise<Preflight> {
    return checkPreflight(this.#client, () => ({
      devices: this.#devices.state$.value,
      registration: this.registration$.value,
      online: this.#options.page.online(),
    }));
  }

  close(): Promise<void> {
    return (this.#closing ??= this.#close());
  }

  async #close(): Promise<void> {
    await Promise.allSettled([...this.#calls].map((call) => call.hangUp()));
    await this.#registration.close();
    this.#devices.close();
    this.#incoming.complete();
  }

  #open(handle: CallHandle, direction: 'in' | 'out', shape: 'one-to-one' | 'group'): AcsCall {
    const { persona, unconfirmed } = this.#options;
    const sdk = this.#client?.sdk;
    if (sdk === undefined) throw new ContactCenterError('agent/unreachable', 'unable to call; there is no client');
    let ended = false;
    try {
      const call: AcsCall = new AcsCall({
        ...{ handle, direction, persona, shape, features: sdk.Features, clock: this.#context.clock },
        ...(unconfirmed !== undefined && { unconfirmed }),
        onConnected: () => void this.#devices.reapply(),
        onEnded: ({ code }) => {
          ended = true;
          this.#calls.delete(call);
          if (code === 'agent/token-refused') this.#registration.tokenRefused();
        },
      });
      if (!ended) this.#calls.add(call);
      return call;
    } catch (error) {
      // It is up at the service, and nobody here would see it: an open microphone.
      handle.call.hangUp({ forEveryone: false }).catch(() => {});
      throw error;
    }
  }

  #listen(handle: AgentHandle): () => void {
    const teams = ({ incomingCall: incoming }: { incomingCall: TeamsIncomingCall }) =>
      this.#ring({ kind: 'TeamsIncomingCall', incoming });
    const acs = ({ incomingCall: incoming }: { incomingCall: IncomingCall }) =>
      this.#ring({ kind: 'IncomingCall', incoming });
    if (handle.kind === 'TeamsCallAgent') handle.agent.on('incomingCall', teams);
    else handle.agent.on('incomingCall', acs);
    return () => {
      if (handle.kind === 'TeamsCallAgent') handle.agent.off('incomingCall', teams);
      else handle.agent.off('incomingCall', acs);
      for (const invite of [...this.#invites]) invite.drop(left);
      for (const call of [...this.#calls]) call.abandon();
    };
  }

  #ring(handle: IncomingHandle): void {
    if (this.#closing !== undefined) return;
    if ([...this.#invites].some(({ callIds }) => callIds[0] === handle.incoming.id)) return;
    // An agent of the extension is brought in by the server: the customer and the server are in the call already.
    const shape = this.#options.persona === 'tpeAgent' ? 'group' : 'one-to-one';
    const invite = new AcsInvite(handle, (call) => {
      this.#invites.delete(invite);
      return this.#open(call, 'in', shape);
    });
    this.#invites.add(invite);
    void invite.ended.then(() => this.#invites.delete(invite));
    void invite.identified(this.#context.clock).then(() => {
      if (!invite.isOver) this.#incoming.next(invite);
    });
  }
}
