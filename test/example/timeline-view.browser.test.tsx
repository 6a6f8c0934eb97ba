import { FluentProvider, webLightTheme } from '@fluentui/react-components';
import { ContactCenterClient, ContactCenterError } from 'onescreen';
import { ContactCenterProvider } from 'onescreen/react';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { userEvent } from 'vitest/browser';
import { Reports } from '../../examples/one-screen/agent/reports';
import { TimelineView } from '../../examples/one-screen/agent/timeline-view';
import { memoryChat, stored } from '../client/memory-chat';
import { ada, opening, scriptedControlPlane } from '../client/scripted-control-plane';

const ends: (() => unknown)[] = [];
beforeEach(() => (globalThis.IS_REACT_ACT_ENVIRONMENT = false));
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end();
  globalThis.IS_REACT_ACT_ENVIRONMENT = true;
});

/** The timeline of conversation `c-1`, whose chat has brought message 5. */
async function page() {
  const plane = scriptedControlPlane();
  const chat = memoryChat();
  const client = new ContactCenterClient({
    controlPlane: plane.controlPlane,
    tokens: async () => ({ token: 'opaque', expiresOn: Date.now() + 3_600_000 }),
    providers: [chat.provider],
  });
  ends.push(() => client.close());
  const signedIn = client.signIn();
  plane.link({ status: 'online' });
  const conversation = { id: 'c-1', self: 'p-ada', entries: opening(), more: false };
  plane.push({ type: 'snapshot', agent: ada, offers: [], conversations: [conversation] });
  await signedIn;
  chat.items.next([written(5)]);
  const container = document.createElement('div');
  container.style.cssText = 'display: flex; flex-direction: column; height: 600px';
  document.body.append(container);
  const root = createRoot(container);
  root.render(
    <StrictMode>
      <FluentProvider theme={webLightTheme} style={{ display: 'contents' }}>
        <ContactCenterProvider client={client}>
          <Reports>
            <TimelineView taskId="t-1" conversationId="c-1" />
          </Reports>
        </ContactCenterProvider>
      </FluentProvider>
    </StrictMode>,
  );
  ends.push(() => {
    root.unmount();
    container.remove();
  });
  const messages = () => [...container.querySelectorAll('[data-message]')].map(({ textContent }) => textContent);
  await expect.poll(messages).toEqual(['number 5']);
  return { chat, messages };
}

function written(id: number) {
  return stored(id, 'p-cleo', `number ${id}`);
}

function button(): HTMLElement | undefined {
  return [...document.querySelectorAll('button')].find(({ textContent }) => textContent === 'Show earlier');
}

async function press(): Promise<void> {
  await userEvent.click(button() ?? document.body);
}

describe('"Show earlier" of the sample app', () => {
  it('brings what was said before, in its place, and goes when there is no more', async () => {
    const { chat, messages } = await page();
    chat.write([[written(3), written(4)], [written(2)]]);
    await press();
    await expect.poll(messages).toEqual(['number 3', 'number 4', 'number 5']);
    expect(button()).toBeDefined();
    await press();
    await expect.poll(messages).toEqual(['number 2', 'number 3', 'number 4', 'number 5']);
    await expect.poll(button).toBeUndefined();
  });

  it('says what went wrong, and can be pressed again', async () => {
    const { chat, messages } = await page();
    chat.write([[written(4)]]);
    chat.fail(new ContactCenterError('channel/unavailable', 'unable to load messages; the link is down'));
    await press();
    await expect.poll(() => document.body.textContent).toContain('unable to load messages; the link is down');
    chat.fail(undefined);
    await press();
    await expect.poll(messages).toEqual(['number 4', 'number 5']);
    await expect.poll(button).toBeUndefined();
  });
});
