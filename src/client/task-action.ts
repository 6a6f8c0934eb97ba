// prettier-ignore
export const transfers = [
  'transferToAgent', 'transferToQueue', 'transferToPhone', 'transferToTeamsUser', 'transferToVoicemail',
] as const;
export const consults = ['consultAgent', 'consultPhone', 'consultTeamsUser'] as const;
export const escalations = ['escalateToVoice', 'escalateToMeeting', 'escalateToChat'] as const;

// prettier-ignore
export const taskActions = [
  'send', 'edit', 'delete', 'requeue', 'end', 'wrapUp', 'extendWrapUp',
  'transfer', ...transfers, 'consult', ...consults, 'swap', 'merge', 'complete', 'cancelConsult',
  'park', 'callBack', 'escalate', ...escalations,
  'mute', 'unmute', 'hold', 'resume', 'dtmf', 'addParticipant', 'removeParticipant', 'muteParticipant',
  'hangUp', 'rejoin', 'record', 'admit', 'shareScreen',
] as const;

/** What an agent may want to do with a task. The list is open; what can be done in a meeting is `meeting.<action>`. */
export type TaskAction = (typeof taskActions)[number] | (string & {});

/** What gives the customer to somebody else, for a while or for good. */
export const handsOver: readonly string[] = [...transfers, ...consults, 'requeue', 'park', 'callBack'];

/** The action of this verb with this object: `transferTo` a `teamsUser` is `transferToTeamsUser`. */
export function actionOn(verb: string, object: string): string {
  return verb + object.slice(0, 1).toUpperCase() + object.slice(1);
}
