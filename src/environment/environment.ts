import { given } from '../given';
import { systemBroadcast, type Broadcast } from './broadcast';
import { systemClock, type Clock } from './clock';
import type { Locks } from './locks';
import type { RedactingLogger } from './logger';
import type { Page } from './page';
import { systemRandom, type Random } from './random';
import type { SocketConnect } from './socket';

/** Everything that the desk takes from the world around it. Each part can be replaced. */
export interface Environment {
  readonly clock: Clock;
  readonly random: Random;
  /** What the tabs of one browser share. Left out, each: the browser's own; that of locks and pages voice brings. */
  readonly locks?: Locks;
  readonly broadcast?: Broadcast;
  readonly page?: Page;
  /** Left out: each control plane brings its own, Socket.IO. */
  readonly socket?: SocketConnect;
  /** Left out: silent. */
  readonly logger?: RedactingLogger | undefined;
}

/** The real world, with `overrides` in place of some of its parts. */
export function createEnvironment(overrides: Partial<Environment> = {}): Environment {
  return { clock: systemClock, random: systemRandom, ...given({ broadcast: systemBroadcast() }), ...overrides };
}
