import type * as desks from 'onescreen';
import type * as pages from 'onescreen/customer';
import type * as virtual from 'onescreen/testing';
import type * as runner from 'vitest';
/** A test runner, and what the guide's file above gives. */
export declare const expect: typeof runner.expect;
export declare const it: typeof runner.it;
export declare function oneProcess(): Promise<{
  readonly clock: virtual.VirtualClock;
  readonly desk: desks.ContactCenterClient;
  readonly customers: pages.CustomerClient;
  close(): Promise<void>;
}>;
