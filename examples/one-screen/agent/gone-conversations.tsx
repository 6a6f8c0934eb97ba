import { Button, MessageBar, MessageBarActions, MessageBarBody } from '@fluentui/react-components';
import { useContactCenter } from 'onescreen/react';
import { useEffect, useState } from 'react';

/** Says which conversations are not here any more after a gap in the link, as when a server that keeps nothing was started anew. */
export function GoneConversations() {
  const client = useContactCenter();
  const [customers, setCustomers] = useState<readonly string[]>([]);
  useEffect(() => {
    const subscription = client.events$.subscribe((event) => {
      if (event.type !== 'conversation-gone') return;
      const customer = client.conversation(event.conversationId)?.state$.value.customer?.displayName ?? 'a customer';
      setCustomers((known) => [...known, customer]);
    });
    return () => subscription.unsubscribe();
  }, [client]);
  if (customers.length === 0) return null;
  return (
    <MessageBar intent="warning" role="status" shape="square">
      <MessageBarBody>
        Not with you any more since the link was down: the conversation with {customers.join(', ')}.
      </MessageBarBody>
      <MessageBarActions>
        <Button onClick={() => setCustomers([])}>OK</Button>
      </MessageBarActions>
    </MessageBar>
  );
}
