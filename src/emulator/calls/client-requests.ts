import type { Clock } from 'onescreen';
import type { Line, Party } from './call';
import type { CallEndpoint } from './call-endpoint';
import { clientLineOf } from './call-clients';
import type { CallMedia } from './call-media';
import type { CallSwitch } from './call-switch';
import { ClientLine } from './client-line';
import { carriedContext } from './custom-context';
import { isEmergencyNumber, refusedInEmergency } from './emergency';
import { CallRefusal, ends } from './end-reasons';
import type { CallingRequest, EndFrame } from './frames';
import type { Destinations } from './destinations';

type Of<Type extends CallingRequest['type']> = Extract<CallingRequest, { readonly type: Type }>;
type Prepared = Exclude<CallingRequest, { readonly type: 'register' | 'media' | 'transfer' }>;
/** What is asked of meetings alone. */
export type MeetingRequest = Of<
  'join' | 'admit' | 'reject-guest' | 'picture' | 'raise-hand' | 'lower-hands' | 'spotlight' | 'captions' | 'consent'
>;

/** Milliseconds from a start to the emulator's own id and the first ring. */
export const connectMs = 20;
/** Longest ring of a transfer, in milliseconds. Source: azure-docs, communication-services/concepts/service-limits.md. */
const transferMs = 60_000;

export interface ClientRequestsOptions {
  readonly clock: Clock;
  readonly calls: CallSwitch;
  readonly media: CallMedia;
  readonly destinations: Destinations;
  readonly refresh: (endpoint: CallEndpoint, token: string) => void;
  /** What is asked of meetings. */
  readonly meeting: (endpoint: CallEndpoint, request: MeetingRequest) => () => void;
  /** The name of somebody who is simulated. */
  readonly nameOf: (rawId: string) => string | undefined;
}

/** What pages ask, checked against the state of their calls. */
export class ClientRequests {
  readonly #options: ClientRequestsOptions;

  constructor(options: ClientRequestsOptions) {
    this.#options = options;
  }

  /** Checks a request and returns what carries it out. Throws CallRefusal. */
  prepare(endpoint: CallEndpoint, request: Prepared): () => void {
    const { calls } = this.#options;
    switch (request.type) {
      case 'refresh':
        this.#options.refresh(endpoint, request.token);
        return () => {};
      case 'start':
        return this.#start(endpoint, request);
      case 'accept':
        return this.#accept(endpoint, request);
      case 'reject':
        return this.#reject(endpoint, request);
      case 'hang-up':
        return this.#hangUp(endpoint, request);
      case 'mute': {
        const party = inCall(endpoint, request.callId, request.muted ? ends.muteFailed : ends.unmuteFailed);
        if (request.muted) requireOrdinary(party);
        else requireCapability(party, 'unmuteMic');
        return () => calls.mute(party, request.muted);
      }
      case 'hold': {
        const party = connected(endpoint, request.callId, request.held ? ends.holdFailed : ends.resumeFailed);
        requireOrdinary(party);
        return () => calls.hold(party, request.held);
      }
      case 'dtmf':
        return this.#dtmf(endpoint, request);
      case 'add':
        return this.#add(endpoint, request);
      case 'remove': {
        const { self, target } = this.#other(endpoint, request);
        requireCapability(self, 'removeParticipant');
        return () => {
          if (target.status === 'connected') calls.leave(target, ends.removedByParticipant, ends.hungUpThere);
          else calls.refuse(target, ends.inviteCancelled, ends.callerCancelled);
        };
      }
      case 'mute-participant': {
        const { self, target } = this.#other(endpoint, request);
        requireCapability(self, 'muteOthers');
        if (target.kind !== 'client') throw new CallRefusal(ends.onlyVoip);
        return () => calls.mute(target, true, true);
      }
      default:
        return this.#options.meeting(endpoint, request);
    }
  }

  /** Connects a page's media with its leg. */
  media(endpoint: CallEndpoint, { callId, sdp }: Of<'media'>): Promise<string> {
    return this.#options.media.open(inCall(endpoint, callId, ends.callGone), sdp);
  }

  /** Gives the other side of a call of two to somebody else; resolves once they are together, and the page is out. */
  async transfer(endpoint: CallEndpoint, { callId, target, context }: Of<'transfer'>): Promise<void> {
    const { calls, destinations } = this.#options;
    const party = connected(endpoint, callId, ends.callGone);
    requireOrdinary(party);
    if (!party.call.oneToOne) throw new CallRefusal(ends.onlyOneToOne);
    const transferee = party.call.others(party)[0];
    if (transferee === undefined) throw new CallRefusal(ends.callGone);
    const carried = carriedContext(context);
    // It rings in the name of who is transferred.
    const found = destinations.find(target);
    if ('code' in found) throw new CallRefusal(found);
    const end = await new Promise<EndFrame | undefined>((onEnd) =>
      calls.transfer({
        ...{ transferee, line: found.line, rawId: target, context: carried, onEnd },
        timeoutMs: Math.min(transferMs, destinations.ringMs(target)),
      }),
    );
    if (end !== undefined) throw new CallRefusal(end);
  }

  #start(endpoint: CallEndpoint, request: Of<'start'>): () => void {
    const { calls, clock, destinations } = this.#options;
    const { targets, onBehalfOf } = request;
    if (endpoint.legs.has(request.callId) || targets.includes(endpoint.user) || new Set(targets).size < targets.length)
      throw new CallRefusal(ends.invalid);
    const context = carriedContext(request.context);
    const account = onBehalfOf === undefined ? undefined : this.#account(endpoint, onBehalfOf, targets);
    return () => {
      const line = new ClientLine(() => []);
      line.endpoint = endpoint;
      line.ownId = request.callId;
      const { user: rawId, displayName } = endpoint;
      const caller = calls.open({ rawId, displayName, line }, targets.length > 1);
      caller.muted = request.muted;
      caller.call.emergency = targets.some(isEmergencyNumber);
      caller.call.onBehalfOf = account !== undefined;
      endpoint.legs.set(request.callId, caller);
      endpoint.legs.set(caller.id, caller);
      calls.refresh(caller.call);
      clock.schedule(connectMs, () => {
        if (caller.status === 'ended') return;
        // The old id still works: requests may be under way.
        endpoint.push({ type: 'id-changed', from: request.callId, to: caller.id });
        line.ownId = undefined;
        for (const target of targets) {
          const answerer: { readonly line: Line } | EndFrame =
            account === undefined ? destinations.find(target, endpoint) : destinations.account(account, target, rawId);
          if ('code' in answerer) {
            caller.call.lastEnd = answerer;
            continue;
          }
          const timeoutMs = destinations.ringMs(account ?? target);
          calls.invite(caller.call, answerer.line, { rawId: account ?? target, context, timeoutMs });
        }
        calls.begin(caller.call);
      });
    };
  }

  /** The resource account on whose behalf a Teams Phone extensibility agent calls; its server makes the call. */
  #account(endpoint: CallEndpoint, onBehalfOf: string, targets: readonly string[]): string {
    if (endpoint.tokenKind === 'acsUser' || targets.length !== 1) throw new CallRefusal(ends.invalid);
    if (/^(4:|\+|8:)/.test(onBehalfOf)) throw new CallRefusal(ends.wrongOnBehalfOf);
    return onBehalfOf.startsWith('28:') ? onBehalfOf : `28:orgid:${onBehalfOf}`;
  }

  #accept(endpoint: CallEndpoint, { callId, muted }: Of<'accept'>): () => void {
    const { party, line } = ringingAt(endpoint, callId, ends.acceptTooLate);
    return () => {
      line.take(party, endpoint);
      this.#options.calls.accept(party, muted);
    };
  }

  #reject(endpoint: CallEndpoint, { callId }: Of<'reject'>): () => void {
    const { party, line } = ringingAt(endpoint, callId, ends.rejectTooLate);
    return () => {
      line.silence(party, endpoint, ends.declined);
      this.#options.calls.refuse(party, ends.declined, ends.declinedElsewhere);
    };
  }

  #hangUp(endpoint: CallEndpoint, { callId, forEveryone }: Of<'hang-up'>): () => void {
    const party = endpoint.legs.get(callId);
    // Hanging up what has ended is no fault.
    if (party === undefined || clientLineOf(party)?.endpoint !== endpoint) return () => {};
    const { calls } = this.#options;
    if (forEveryone) requireCapability(party, 'hangUpForEveryOne');
    const end = party.call.meeting === undefined ? ends.endedForEveryone : ends.meetingEnded;
    return () =>
      forEveryone && party.status === 'connected'
        ? calls.endAll(party.call, end, party)
        : calls.leave(party, ends.hungUpHere, ends.hungUpThere);
  }

  #dtmf(endpoint: CallEndpoint, { callId, tone }: Of<'dtmf'>): () => void {
    const party = connected(endpoint, callId, ends.callGone);
    const key = readTone(tone);
    if (key === undefined) throw new CallRefusal(ends.invalid);
    // Source: azure-docs, communication-services/concepts/interop/tpe/teams-phone-extensibility-capabilities.md.
    if (endpoint.tokenKind === 'tpeAgent' && !party.call.oneToOne) throw new CallRefusal(ends.onlyOneToOne);
    return () => this.#options.calls.tones(party, key);
  }

  #add(endpoint: CallEndpoint, { callId, target }: Of<'add'>): () => void {
    const { calls, destinations } = this.#options;
    const party = connected(endpoint, callId, ends.callGone);
    requireOrdinary(party);
    if (party.call.find(target) !== undefined) throw new CallRefusal(ends.inCallAlready);
    if (target.startsWith('28:')) throw new CallRefusal(ends.invalid);
    requireCapability(party, addingOf(target));
    const found = destinations.find(target, endpoint);
    if ('code' in found) throw new CallRefusal(found);
    return () => {
      if (party.call.over) return;
      const displayName = this.#options.nameOf(target);
      const timeoutMs = destinations.ringMs(target);
      calls.invite(party.call, found.line, { rawId: target, displayName, addedBy: party, timeoutMs });
    };
  }

  #other(
    endpoint: CallEndpoint,
    { callId, target: rawId }: Of<'remove' | 'mute-participant'>,
  ): { self: Party; target: Party } {
    const self = connected(endpoint, callId, ends.callGone);
    requireOrdinary(self);
    const target = self.call.find(rawId);
    if (target === undefined || target === self || target.kind === 'server') throw new CallRefusal(ends.callGone);
    if (self.call.oneToOne) throw new CallRefusal(ends.onlyInGroup);
    return { self, target };
  }
}

/** Throws CallRefusal in an emergency call. */
function requireOrdinary({ call }: Party): void {
  const refused = refusedInEmergency(call);
  if (refused !== undefined) throw new CallRefusal(refused);
}

/** Throws CallRefusal in a meeting that does not allow this. */
function requireCapability(party: Party, capability: string): void {
  const refused = party.call.meeting?.refusal(party, capability);
  if (refused !== undefined) throw new CallRefusal(refused);
}

function addingOf(target: string): string {
  if (target.startsWith('4:')) return 'addPhoneNumber';
  return target.startsWith('8:orgid:') ? 'addTeamsUser' : 'addCommunicationUser';
}

/** A leg of this page, in any state but ended and ringing. */
function inCall(endpoint: CallEndpoint, callId: string, refusal: EndFrame): Party {
  const party = endpoint.legs.get(callId);
  if (party === undefined || party.status === 'ended' || clientLineOf(party)?.endpoint !== endpoint)
    throw new CallRefusal(refusal);
  return party;
}

function connected(endpoint: CallEndpoint, callId: string, refusal: EndFrame): Party {
  const party = inCall(endpoint, callId, refusal);
  if (party.status !== 'connected') throw new CallRefusal({ ...refusal, message: 'The call is not connected.' });
  return party;
}

function ringingAt(endpoint: CallEndpoint, callId: string, refusal: EndFrame): { party: Party; line: ClientLine } {
  const party = endpoint.legs.get(callId);
  const line = party === undefined ? undefined : clientLineOf(party);
  if (party?.status !== 'ringing' || line?.ringing.has(endpoint) !== true) throw new CallRefusal(refusal);
  return { party, line };
}

/** A key of the telephone pad, also under the official package's name for it such as `Num5`, `Star` or `Pound`. */
function readTone(tone: string): string | undefined {
  const key = tone === 'Star' ? '*' : tone === 'Pound' ? '#' : tone.replace(/^Num(?=\d$)/, '');
  return /^[0-9*#A-D]$/.test(key) ? key : undefined;
}
