/** Whether a provider can do something, and who carries it out. */
export type Capability =
  | { readonly supported: true; readonly executor: 'client' | 'controlPlane' }
  | { readonly supported: false; readonly reason: DenyReason; readonly detail?: string };

/** Why something cannot be done now. The list is open: a provider may add reasons. */
export type DenyReason =
  | 'not-connected'
  | 'wrong-state'
  | 'no-permission'
  | 'not-supported'
  | 'needs-control-plane'
  | 'other-tab-owns-media'
  | 'no-capacity'
  | 'consent-required'
  | 'meeting-policy'
  | 'emergency-call'
  | 'closed'
  | 'disposition-required'
  | 'no-extension-left'
  | (string & {});

/** The answer to "may I": bind a button to it, with `reason` as its title. */
export type Can =
  | { readonly allowed: true; readonly reason?: never; readonly detail?: never }
  | { readonly allowed: false; readonly reason: DenyReason; readonly detail?: string };
