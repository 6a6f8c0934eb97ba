import type { Clock } from 'onescreen';
import type { Party } from '../calls/call';
import { clientLineOf } from '../calls/call-clients';
import type { CallEndpoint } from '../calls/call-endpoint';
import type { CallSwitch } from '../calls/call-switch';
import { ClientLine } from '../calls/client-line';
import { connectMs, type MeetingRequest } from '../calls/client-requests';
import { CallRefusal, ends } from '../calls/end-reasons';
import { Meeting } from './meeting';
import type { MeetingDoor } from './meeting-door';
import type { TeamsUsers } from './teams-users';

type Of<Type extends MeetingRequest['type']> = Extract<MeetingRequest, { readonly type: Type }>;

/** How many can be spotlighted at once. Source: support.microsoft.com, "Spotlight someone's video in Microsoft Teams meetings". */
const maxSpotlights = 7;

export interface MeetingRequestsOptions {
  readonly clock: Clock;
  readonly calls: CallSwitch;
  readonly door: MeetingDoor;
  readonly users: TeamsUsers;
}

/** What pages ask in meetings, checked against what they may do there. */
export class MeetingRequests {
  readonly #options: MeetingRequestsOptions;

  constructor(options: MeetingRequestsOptions) {
    this.#options = options;
  }

  /** Checks a request and returns what carries it out. Throws CallRefusal. */
  prepare(endpoint: CallEndpoint, request: MeetingRequest): () => void {
    if (request.type === 'join') return this.#join(endpoint, request);
    const { party, meeting } = inMeeting(endpoint, request.callId);
    const { calls, door } = this.#options;
    const changed = (change: () => void) => () => {
      change();
      calls.refresh(party.call);
    };
    switch (request.type) {
      case 'admit': {
        require(meeting, party, 'manageLobby');
        const waiting = waitingIn(meeting, request.targets);
        return () => door.admit(meeting, waiting);
      }
      case 'reject-guest': {
        require(meeting, party, 'manageLobby');
        const waiting = waitingIn(meeting, [request.target]);
        return () => door.deny(waiting);
      }
      case 'picture': {
        const { kind, on } = request;
        if (on) require(meeting, party, kind === 'camera' ? 'turnVideoOn' : 'shareScreen');
        if (on && kind === 'screen' && party.onHold) throw new CallRefusal(ends.wrongState);
        return changed(() => meeting.picture(party, kind, on));
      }
      case 'raise-hand':
        require(meeting, party, 'raiseHand');
        return changed(() => meeting.raiseHand(party, request.raised));
      case 'lower-hands': {
        const others = seated(meeting, request.targets);
        if (meeting.roleOf(party.rawId) === 'Attendee' && others.some((other) => other !== party))
          throw new CallRefusal(ends.notCapable);
        return changed(() => others.forEach((other) => meeting.raiseHand(other, false)));
      }
      case 'spotlight':
        return changed(this.#spotlight(meeting, party, request));
      case 'captions':
        if (request.on) require(meeting, party, 'startLiveMeetingCaptions');
        if (request.language !== undefined) require(meeting, party, 'setCaptionLanguage');
        return changed(() => meeting.captions(party, request.on));
      case 'consent':
        return changed(() => meeting.consent(party));
    }
  }

  #join(endpoint: CallEndpoint, { callId, meeting, muted }: Of<'join'>): () => void {
    const { calls, clock, door, users } = this.#options;
    if (endpoint.legs.has(callId)) throw new CallRefusal(ends.invalid);
    return () => {
      const line = new ClientLine(() => []);
      line.endpoint = endpoint;
      line.ownId = callId;
      const { user: rawId, displayName = users.get(rawId)?.displayName } = endpoint;
      const party = calls.open({ rawId, displayName, line }, true);
      party.muted = muted;
      endpoint.legs.set(callId, party);
      endpoint.legs.set(party.id, party);
      calls.refresh(party.call);
      clock.schedule(connectMs, () => {
        if (party.status === 'ended') return;
        // The old id still works: requests may be under way.
        endpoint.push({ type: 'id-changed', from: callId, to: party.id });
        line.ownId = undefined;
        door.enter(party, meeting);
      });
    };
  }

  #spotlight(meeting: Meeting, self: Party, { targets, on }: Of<'spotlight'>): () => void {
    const others = targets.length === 0 && !on ? [...meeting.seats.keys()] : seated(meeting, targets);
    if (on) require(meeting, self, 'spotlightParticipant');
    else if (others.some((other) => other !== self)) require(meeting, self, 'removeParticipantsSpotlight');
    const lit = [...meeting.seats].filter(([, { spotlightAt }]) => spotlightAt !== undefined).map(([party]) => party);
    if (on && new Set([...lit, ...others]).size > maxSpotlights) throw new CallRefusal(ends.invalid);
    return () => others.forEach((other) => meeting.spotlight(other, on));
  }
}

/** A leg of this page that is in a meeting. */
function inMeeting(endpoint: CallEndpoint, callId: string): { readonly party: Party; readonly meeting: Meeting } {
  const party = endpoint.legs.get(callId);
  if (party?.status !== 'connected' || clientLineOf(party)?.endpoint !== endpoint) throw new CallRefusal(ends.callGone);
  const { meeting } = party.call;
  if (!(meeting instanceof Meeting)) throw new CallRefusal(ends.onlyInMeeting);
  return { party, meeting };
}

function require(meeting: Meeting, party: Party, capability: string): void {
  const refused = meeting.refusal(party, capability);
  if (refused !== undefined) throw new CallRefusal(refused);
}

function waitingIn({ lobby }: Meeting, targets: readonly string[] | undefined): readonly Party[] {
  const found = targets === undefined ? lobby : lobby.filter(({ rawId }) => targets.includes(rawId));
  if (targets !== undefined && found.length === 0) throw new CallRefusal(ends.notInLobby);
  return found;
}

function seated({ seats }: Meeting, targets: readonly string[]): readonly Party[] {
  const found = [...seats.keys()].filter(({ rawId }) => targets.includes(rawId));
  if (found.length === 0) throw new CallRefusal(ends.callGone);
  return found;
}
