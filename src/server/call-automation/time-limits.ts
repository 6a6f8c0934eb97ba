/** Source of the documented ones: azure-docs, communication-services/concepts/service-limits.md. All in milliseconds. */

/** Setting up a call to a phone: documented 115 s. */
export const setUpMs = 115_000;
/** A transfer: documented 60 s. */
export const transferMs = 60_000;
/** Anything else that the service does at once (chosen): less than the 10 s for which a server waits for its host. */
export const commandMs = 8_000;
/** What an event may come later than the time that it is about (chosen). */
export const slackMs = 5_000;
/** The same of an invitation (chosen): less than the 4 s for which a server waits for its host, the time to read included. */
export const ringSlackMs = 2_500;
/** How long an answered call may take to be connected (chosen). */
export const connectMs = 10_000;
/** How often the state of a call is read, though nothing seems to have happened (chosen). */
export const reconcileMs = 30_000;
/** When the state is read in doubt (chosen). */
export const soonMs = 2_000;
/** How long the end of a call waits for what a transfer that is under way comes to (chosen). */
export const transferGraceMs = 2_000;
