import { FluentProvider, webLightTheme } from '@fluentui/react-components';
import { ContactCenterClient } from 'onescreen';
import { ContactCenterProvider } from 'onescreen/react';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { userEvent } from 'vitest/browser';
import { GoneConversations } from '../../examples/one-screen/agent/gone-conversations';
import { memoryChat } from '../client/memory-chat';
import { ada, opening, scriptedControlPlane } from '../client/scripted-control-plane';

const ends: (() => unknown)[] = [];
beforeEach(() => (globalThis.IS_REACT_ACT_ENVIRONMENT = false));
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end();
  globalThis.IS_REACT_ACT_ENVIRONMENT = true;
});

it('the agent reads whose conversation is gone after a restart that kept nothing, until the agent has seen it', async () => {
  const plane = scriptedControlPlane();
  const client = new ContactCenterClient({
    controlPlane: plane.controlPlane,
    tokens: async () => ({ token: 'opaque', expiresOn: Date.now() + 3_600_000 }),
    providers: [memoryChat().provider],
  });
  ends.push(() => client.close());
  const signedIn = client.signIn();
  plane.link({ status: 'online' });
  const conversation = { id: 'c-1', self: 'p-ada', entries: opening(), more: false };
  plane.push({ type: 'snapshot', agent: ada, offers: [], conversations: [conversation] });
  await signedIn;
  const container = document.createElement('div');
  document.body.append(container);
  const root = createRoot(container);
  ends.push(() => {
    root.unmount();
    container.remove();
  });
  root.render(
    <StrictMode>
      <FluentProvider theme={webLightTheme}>
        <ContactCenterProvider client={client}>
          <GoneConversations />
          <p>Desk</p>
        </ContactCenterProvider>
      </FluentProvider>
    </StrictMode>,
  );
  await expect.poll(() => container.textContent).toBe('Desk');
  plane.link({ status: 'offline' });
  plane.link({ status: 'online' });
  plane.push({ type: 'snapshot', agent: ada, offers: [], conversations: [] });
  await expect.poll(() => container.textContent).toContain('the conversation with p-cleo.');
  const seen = container.querySelector('button');
  if (seen !== null) await userEvent.click(seen);
  await expect.poll(() => container.textContent).toBe('Desk');
});
