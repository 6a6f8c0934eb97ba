import { MessageBar, MessageBarBody } from '@fluentui/react-components';
import type { CustomerChat, CustomerChatState } from 'onescreen/customer';
import { useLive } from 'onescreen/react';
import { duration } from '../duration';

/** Where the customer stands: the place in the queue, who is there, or that it is over. */
export function ChatStatus({ chat }: { readonly chat: CustomerChat }) {
  const state = useLive(chat.state$);
  return (
    <MessageBar intent={state.phase === 'active' ? 'success' : 'info'} role="status" shape="square" layout="multiline">
      <MessageBarBody>
        {words(state)}
        {state.link === 'offline' && state.phase !== 'ended' && ' Reconnecting…'}
      </MessageBarBody>
    </MessageBar>
  );
}

function words(state: CustomerChatState): string {
  if (state.closedBecause !== undefined) return 'This chat was closed; you go on talking beside it.';
  switch (state.phase) {
    case 'queued':
      return [
        'Waiting for an agent.',
        state.position === undefined ? undefined : `You are number ${state.position} in the queue.`,
        waitWords(state.estimatedWaitMs),
      ]
        .filter(Boolean)
        .join(' ');
    case 'callback':
      return `We call you back, ${new Date(state.dueAt).toLocaleString()} or soon after.`;
    case 'active':
      return `You are talking with ${state.agents.join(' and ')}.`;
    case 'ended':
      return 'This chat has ended. Thank you.';
  }
}

function waitWords(ms: number | undefined): string | undefined {
  if (ms === undefined) return undefined;
  return ms === 0 ? 'We are asking an agent now.' : `About ${duration(ms)}.`;
}
