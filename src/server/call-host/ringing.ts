import type { CallEndCode, ControlledCall, Invitation, InviteRequest } from '../call-control';

/** Somebody who is being rung, from before the service has taken it until we know what became of it. */
export class Ringing {
  /** How they left, when they were in the call for less time than it takes to learn of it. */
  left: CallEndCode | undefined;
  #invitation: Invitation | undefined;
  #withdrawn = false;

  get withdrawn(): boolean {
    return this.#withdrawn;
  }

  async start(call: ControlledCall, request: InviteRequest): Promise<Invitation> {
    this.#invitation = await call.add(request);
    if (this.#withdrawn) this.#cancel();
    return this.#invitation;
  }

  /** It must come to nothing; whoever answers all the same is to be taken out. */
  withdraw(): void {
    if (this.#withdrawn) return;
    this.#withdrawn = true;
    this.#cancel();
  }

  #cancel(): void {
    // When it cannot be cancelled any more, what it came to is told anyway.
    this.#invitation?.cancel().catch(() => {});
  }
}
