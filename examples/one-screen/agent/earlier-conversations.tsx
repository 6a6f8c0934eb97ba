import { Button, Caption1 } from '@fluentui/react-components';
import { HistoryRegular } from '@fluentui/react-icons/svg/history';
import type { Conversation } from 'onescreen';
import { useState } from 'react';
import { useRun } from './reports';

/** Brings what the customer wanted before into the timeline, a page at a time. */
export function EarlierConversations({ conversation }: { readonly conversation: Conversation }) {
  const run = useRun();
  const [more, setMore] = useState(true);
  if (!more) return <Caption1>No earlier conversations</Caption1>;
  const show = () =>
    run(async () => setMore((await conversation.loadMore({ previousConversations: true, pageSize: 5 })).more));
  return (
    <Button size="small" icon={<HistoryRegular />} onClick={show}>
      Show earlier conversations
    </Button>
  );
}
