import { given } from '../given';
import { argumentsOf } from './command-options';
import type { ControlPlaneLink } from '../provider/control-plane';
import type { ConversationCommands } from './conversation-options';
import { demand } from './demand';
import { inFlight } from './in-flight';
import type { Task } from './task';
import { actionOn } from './task-action';

/** How many earlier conversations are read at once (chosen). */
const pageSize = 5;

/** What the agent who has the task of a conversation asks about it. */
export function agentCommands(
  conversationId: string,
  command: ControlPlaneLink['command'],
  requireTask: () => Task,
): ConversationCommands {
  const once = inFlight<string>();
  return {
    escalate: (to, options) =>
      once(to, async () => {
        const task = requireTask();
        const action = actionOn('escalateTo', to);
        demand(task.can(action), action, 'escalate');
        return (await command('task/escalate', { taskId: task.id, to, ...argumentsOf(options) }, options)).channelId;
      }),
    async invite(channelId, options) {
      await command('channel/invite', { conversationId, channelId, ...argumentsOf(options) }, options);
    },
    async withdraw(invitationId, options) {
      await command('invitation/withdraw', { conversationId, invitationId }, options);
    },
    previous: (before, options) =>
      command('conversation/previous', { conversationId, pageSize, ...given({ before }) }, options),
  };
}
