import type { MessageItem } from 'onescreen';
import { useChannel, useConversation, useTimeline } from 'onescreen/react';
import { memo } from 'react';

/** The newest messages of a conversation, each with how far it has come. */
export function MessageThread({ conversationId }: { readonly conversationId: string }) {
  const timeline = useTimeline(conversationId);
  const participants = useConversation(conversationId)?.participants ?? [];
  const nameOf = (id: string | undefined) => participants.find((one) => one.id === id)?.displayName ?? 'Somebody';
  // The end of it; the whole is not an array, and may be long.
  const messages = (timeline?.slice(-50) ?? []).filter((item) => item.kind === 'message');
  return (
    <ol role="log">
      {messages.map((item) => (
        <Message key={item.id} item={item} from={nameOf(item.from)} conversationId={conversationId} />
      ))}
    </ol>
  );
}

interface MessageProps {
  readonly item: MessageItem;
  readonly from: string;
  readonly conversationId: string;
}

const Message = memo(function Message({ item, from, conversationId }: MessageProps) {
  return (
    <li>
      {item.direction === 'out' ? 'You' : from}: {item.deletedAt === undefined ? item.text : 'deleted'}
      {item.state === 'failed' && <NotSent item={item} conversationId={conversationId} />}
    </li>
  );
});

/** Why a message was not sent, and a button that sends it again. */
function NotSent({ item, conversationId }: { readonly item: MessageItem; readonly conversationId: string }) {
  const channel = useChannel(conversationId, 'chat')?.channel;
  const tryAgain = () => {
    // Where it fails again, the message says so again.
    channel?.retry(item.id).catch(() => {});
  };
  return (
    <>
      {` (not sent: ${item.error?.code ?? 'unknown'}) `}
      <button onClick={tryAgain}>Try again</button>
    </>
  );
}
