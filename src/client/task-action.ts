const targets = ['Agent', 'Queue', 'Phone', 'TeamsUser', 'Voicemail'] as const;
const asked = ['Agent', 'Phone', 'TeamsUser'] as const;
const added = ['Voice', 'Meeting', 'Chat'] as const;

// prettier-ignore
const others = [
  'send', 'edit', 'delete', 'requeue', 'end', 'wrapUp', 'transfer', 'consult', 'escalate',
  'swap', 'merge', 'complete', 'cancelConsult', 'park', 'callBack', 'hangUp', 'rejoin',
  'mute', 'unmute', 'hold', 'resume', 'dtmf', 'record',
  'addParticipant', 'removeParticipant', 'muteParticipant', 'admit', 'shareScreen',
] as const;

/** What an agent may want to do with a task. The list is open; what can be done in a meeting is `meeting.<action>`. */
export type TaskAction =
  | (typeof others)[number]
  | `transferTo${(typeof targets)[number]}`
  | `consult${(typeof asked)[number]}`
  | `escalateTo${(typeof added)[number]}`
  | (string & {});

export const transfers = targets.map((target) => `transferTo${target}`);
export const consults = asked.map((target) => `consult${target}`);
export const escalations = added.map((kind) => `escalateTo${kind}`);
export const taskActions: readonly string[] = [...others, ...transfers, ...consults, ...escalations];

/** What gives the customer to somebody else, for a while or for good. */
export const handsOver: readonly string[] = [...transfers, ...consults, 'requeue', 'park', 'callBack'];
