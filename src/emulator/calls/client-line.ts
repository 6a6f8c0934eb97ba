import { callFrame, type Line, type Party } from './call';
import type { CallEndpoint } from './call-endpoint';
import { ends } from './end-reasons';
import type { EndFrame } from './frames';

/** A page's line: rings at all endpoints of a user until one of them accepts. */
export class ClientLine implements Line {
  readonly kind = 'client';
  readonly noAnswer: EndFrame = ends.noEndpointAccepted;
  /** Where it rings. */
  readonly ringing = new Set<CallEndpoint>();
  /** The page that is in the call. */
  endpoint: CallEndpoint | undefined;
  /** The page's own id for the call, until the emulator's takes its place. */
  ownId: string | undefined;
  #lastFrame = '';
  readonly #endpoints: () => readonly CallEndpoint[] | EndFrame;

  /** `endpoints`: where to ring, or why nowhere. */
  constructor(endpoints: () => readonly CallEndpoint[] | EndFrame) {
    this.#endpoints = endpoints;
  }

  ring(party: Party): EndFrame | undefined {
    const found = this.#endpoints();
    if ('code' in found) return found;
    for (const endpoint of found) this.ringAt(party, endpoint);
    return undefined;
  }

  ringAt(party: Party, endpoint: CallEndpoint): void {
    const from = party.addedBy ?? party.call.caller;
    this.ringing.add(endpoint);
    endpoint.legs.set(party.id, party);
    endpoint.push({
      type: 'incoming',
      callId: party.id,
      from: {
        rawId: from?.rawId ?? '',
        ...(from?.displayName !== undefined && { displayName: from.displayName }),
      },
      oneToOne: party.call.oneToOne,
      ...(party.context !== undefined && { context: party.context }),
    });
  }

  /** It rings here no more. */
  silence(party: Party, endpoint: CallEndpoint, end: EndFrame): void {
    if (!this.ringing.delete(endpoint)) return;
    endpoint.legs.delete(party.id);
    endpoint.push({ type: 'incoming-ended', callId: party.id, end });
  }

  /** One page has the call: it rings nowhere else. */
  take(party: Party, endpoint: CallEndpoint): void {
    this.ringing.delete(endpoint);
    this.endpoint = endpoint;
    for (const other of [...this.ringing]) this.silence(party, other, ends.acceptedElsewhere);
  }

  ended(party: Party, end: EndFrame): void {
    for (const endpoint of [...this.ringing]) this.silence(party, endpoint, end);
    if (this.endpoint === undefined) return;
    this.changed(party);
    for (const [id, leg] of this.endpoint.legs) if (leg === party) this.endpoint.legs.delete(id);
  }

  changed(party: Party): void {
    if (this.endpoint === undefined) return;
    const call = callFrame(party, this.ownId ?? party.id);
    const text = JSON.stringify(call);
    if (text === this.#lastFrame) return;
    this.#lastFrame = text;
    this.endpoint.push({ type: 'call', call });
  }

  /** Says again how the call stands, to a page that has come back. */
  repeat(party: Party): void {
    this.#lastFrame = '';
    this.changed(party);
  }

  /** The page's media stay as they are. */
  moved(party: Party, callId: string): void {
    const { endpoint } = this;
    if (endpoint === undefined) return;
    endpoint.legs.set(callId, party);
    // The old id still works: requests may be under way.
    endpoint.push({ type: 'id-changed', from: this.ownId ?? party.id, to: callId });
    this.ownId = callId;
  }

  tone(party: Party, from: string, tone: string): void {
    this.endpoint?.push({ type: 'tone', callId: this.ownId ?? party.id, from, tone });
  }
}
