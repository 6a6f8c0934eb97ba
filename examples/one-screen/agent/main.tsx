import { ContactCenterProvider } from 'onescreen/react';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { demoAgent, demoAgents } from '../development-sign-in';
import { Themed } from '../theme';
import { ChooseAgent } from './choose-agent';
import { createClient, startWork } from './create-client';
import { Desk } from './desk';
import { Reports } from './reports';

const root = document.getElementById('root');
if (root === null) throw new Error('unable to start; the page has no root');

const asked = new URLSearchParams(location.search).get('agent');
const agent = asked === null ? demoAgents[0] : demoAgent(asked);

if (agent === undefined) {
  createRoot(root).render(
    <StrictMode>
      <Themed>
        <ChooseAgent />
      </Themed>
    </StrictMode>,
  );
} else {
  const client = createClient(agent);
  // Why it failed stands in `session$`, where the desk shows it.
  startWork(client).catch(() => {});
  createRoot(root).render(
    <StrictMode>
      <Themed>
        <ContactCenterProvider client={client}>
          <Reports>
            <Desk />
          </Reports>
        </ContactCenterProvider>
      </Themed>
    </StrictMode>,
  );
  import.meta.hot?.dispose(() => void client.close());
}
