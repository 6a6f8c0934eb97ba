import { acsChat } from 'onescreen/acs/chat';
import { serverChat } from 'onescreen/control-plane';
import { CustomerClient } from 'onescreen/customer';
import { StrictMode, Suspense } from 'react';
import { createRoot } from 'react-dom/client';
import { Themed } from '../theme';
import { demoMeetings } from '../meetings';
import { demoVoice } from '../voice';
import { ChatPage } from './chat-page';

const root = document.getElementById('root');
if (root === null) throw new Error('unable to start; the page has no root');

const client = new CustomerClient({
  server: location.origin,
  providers: [acsChat(), serverChat(), demoVoice('acsUser'), demoMeetings()],
});
/** After a reload the chat goes on. */
const resumed = client.resume();

createRoot(root).render(
  <StrictMode>
    <Themed>
      <Suspense>
        <ChatPage client={client} resumed={resumed} />
      </Suspense>
    </Themed>
  </StrictMode>,
);
import.meta.hot?.dispose(() => void client.close());
