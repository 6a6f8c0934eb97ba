import { ContactCenterError, type TokenKind } from 'onescreen';
import { seededRandom, virtualClock, type VirtualClock } from 'onescreen/testing';
import type { IncomingInvite, VoiceEndpoint } from 'onescreen/voice';
import type { CallHeaders } from '../../../src/acs/calling/custom-context';
import type { DevicePage } from '../../../src/acs/calling/device-page';
import { acsEndpoint } from '../../../src/acs/calling/endpoint';
import type { AgentKind, Persona } from '../../../src/acs/calling/persona';
import { FakeCalling } from './fake-calling';

/** The back end's tokens: each call gives the next one, or fails. */
export class FakeTokens {
  count = 0;
  kind: TokenKind | undefined;
  broken = false;
  readonly refused: string[] = [];
  readonly get = async (_audience: string, refused?: string) => {
    if (refused !== undefined) this.refused.push(refused);
    if (this.broken)
      throw new ContactCenterError('token/unavailable', 'unable to get a token; it is down', { retryable: true });
    if (this.count === 0 || refused === `token-${this.count}`) this.count += 1;
    return {
      token: `token-${this.count}`,
      expiresAt: Number.MAX_SAFE_INTEGER,
      ...(this.kind !== undefined && { kind: this.kind }),
    };
  };
}

export class FakePage implements DevicePage {
  readonly remedy = 'click the lock';
  hasMedia = true;
  permission: 'granted' | 'denied' | 'prompt' | 'unknown' = 'prompt';
  isOnline = true;
  plays = true;
  gesture: () => void = () => {};
  permissionChange: () => void = () => {};
  readonly stored = new Map<string, string>();
  readonly storage = {
    getItem: (key: string) => this.stored.get(key) ?? null,
    setItem: (key: string, value: string) => void this.stored.set(key, value),
  };
  microphonePermission = async () => this.permission;
  online = () => this.isOnline;
  canPlay = () => this.plays;
  unlock = async () => this.plays;
  onPermissionChange(run: () => void): () => void {
    this.permissionChange = run;
    return () => (this.permissionChange = () => {});
  }
  onGesture(run: () => void): () => void {
    this.gesture = run;
    return () => (this.gesture = () => {});
  }
}

export interface Desk {
  readonly clock: VirtualClock;
  readonly calling: FakeCalling;
  readonly tokens: FakeTokens;
  readonly page: FakePage;
  readonly kinds: AgentKind[];
  readonly invites: IncomingInvite[];
  /** Opens another endpoint of the same agent on the same page. */
  open(): VoiceEndpoint;
}

export function setDesk(persona: Persona, headers?: CallHeaders): Desk {
  const clock = virtualClock();
  const calling = new FakeCalling(clock);
  const tokens = new FakeTokens();
  const page = new FakePage();
  const kinds: AgentKind[] = [];
  const invites: IncomingInvite[] = [];
  const random = seededRandom('calling');
  const openEndpoint = acsEndpoint({
    ...{ persona, page, load: async () => calling.sdk, onAgent: (kind: AgentKind) => void kinds.push(kind) },
    ...(headers !== undefined && { headers }),
  });
  return {
    ...{ clock, calling, tokens, page, kinds, invites },
    open() {
      const providerRefs = { acs: '8:acs:r_u', teams: '8:orgid:u' };
      const endpoint = openEndpoint({ displayName: 'Ada', providerRefs, tokens, clock, random });
      endpoint.incoming$.subscribe((invite) => invites.push(invite));
      return endpoint;
    },
  };
}
