import type { Random } from 'onescreen';
import type { AccessTokens } from './identity/access-token';
import type { EmulatorLimits } from './limits';
import type { MovableClock } from './faults/movable-clock';
import type { Delivery } from './realtime/delivery';
import type { Store } from './store';

/** What every operation works on. */
export interface Emulation {
  readonly clock: MovableClock;
  readonly random: Random;
  readonly resourceId: string;
  readonly accessKey: Uint8Array;
  readonly store: Store;
  readonly tokens: AccessTokens;
  readonly limits: EmulatorLimits;
  readonly delivery: Delivery;
}
