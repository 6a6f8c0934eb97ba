import type { AccessToken } from 'onescreen';
import type { Place } from './world';

/** The vendor's token function, and how it fails. */
export interface TokenSource {
  readonly get: () => Promise<AccessToken & { readonly token: string }>;
  /** For `forMs` milliseconds, or until restored. */
  fail(how: 'rejects' | 'hangs', forMs: number): void;
  restore(): void;
}

export function tokenSource({ core, clock, agent }: Place, lifeMs: number): TokenSource {
  let failing: 'rejects' | 'hangs' | undefined;
  let cancel = () => {};
  return {
    async get() {
      if (failing === 'rejects') throw new Error('the token service is down');
      if (failing === 'hangs') return new Promise(() => {});
      const { token, expiresOn } = core.issueToken(agent, { scopes: ['chat'], lifeMs });
      return { token, expiresOn };
    },
    fail(how, forMs) {
      failing = how;
      cancel();
      cancel = clock.schedule(forMs, () => (failing = undefined));
    },
    restore() {
      cancel();
      failing = undefined;
    },
  };
}
