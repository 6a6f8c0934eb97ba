import type { Cancel, TokenKind } from 'onescreen';
import type { Party } from './call';
import type { CallingPush } from './frames';

/** Frames kept for an endpoint whose connection is lost. */
const maxMissed = 1_000;

/** The websocket of a page. */
export interface EndpointLink {
  push(frame: CallingPush): void;
  close(code: number, reason: string): void;
  terminate(): void;
}

/** One registered page of a user. It outlives a lost connection for a while. */
export class CallEndpoint {
  readonly id: string;
  readonly user: string;
  readonly tokenKind: TokenKind;
  readonly displayName: string | undefined;
  /** Parties that this page is, or that ring here, by every id under which it knows the call. */
  readonly legs = new Map<string, Party>();
  cancelExpiry: Cancel = () => {};
  cancelGhost: Cancel = () => {};
  #link: EndpointLink | undefined;
  #missed: CallingPush[] = [];

  constructor(id: string, user: string, tokenKind: TokenKind, displayName: string | undefined) {
    this.id = id;
    this.user = user;
    this.tokenKind = tokenKind;
    this.displayName = displayName;
  }

  get link(): EndpointLink | undefined {
    return this.#link;
  }

  get online(): boolean {
    return this.#link !== undefined;
  }

  attach(link: EndpointLink): void {
    this.cancelGhost();
    this.#link = link;
  }

  detach(): void {
    this.#link = undefined;
  }

  /** What was missed meanwhile, once. */
  takeMissed(): readonly CallingPush[] {
    const missed = this.#missed;
    this.#missed = [];
    return missed;
  }

  push(frame: CallingPush): void {
    if (this.#link !== undefined) this.#link.push(frame);
    else if (frame.type !== 'levels' && this.#missed.length < maxMissed) this.#missed.push(frame);
  }
}
