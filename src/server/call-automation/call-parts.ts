import type { Clock, Random } from 'onescreen';
import type { Logger } from 'onescreen/logging';
import type { AutomationApi } from './automation-api';
import type { Commands } from './commands';
import type { Reading } from './reading';
import type { Roster } from './roster';

/** What the parts of one call share. */
export interface CallParts {
  readonly api: AutomationApi;
  readonly clock: Clock;
  readonly random: Random;
  readonly logger: Logger;
  readonly roster: Roster;
  readonly reading: Reading;
  readonly commands: Commands;
  /** The connection's; empty as long as there is none. */
  readonly id: () => string;
  /** Tells what is new of who is in the call. */
  readonly publish: () => void;
}
