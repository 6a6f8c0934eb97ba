import type { CustomerChat } from 'onescreen/customer';
import { useEffect, useState } from 'react';

/** What is kept in this tab while a chat is under way: that there is one. */
const key = 'customer-page:chat';

/** Whether this tab had a chat under way that could not be taken up again, as after a restart that kept nothing. */
export function useLostChat(resumed: CustomerChat | undefined, chat: CustomerChat | undefined): boolean {
  const [lost] = useState(() => resumed === undefined && sessionStorage.getItem(key) !== null);
  useEffect(() => {
    sessionStorage.removeItem(key);
    const subscription = chat?.state$.subscribe(({ phase }) =>
      phase === 'ended' ? sessionStorage.removeItem(key) : sessionStorage.setItem(key, 'under way'),
    );
    return () => subscription?.unsubscribe();
  }, [chat]);
  return lost;
}
