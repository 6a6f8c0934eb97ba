import { ContactCenterClient, ContactCenterError } from 'onescreen';
import { ContactCenterProvider } from 'onescreen/react';
import { afterEach, describe, expect, it } from 'vitest';
import { userEvent } from 'vitest/browser';
import { MessageThread } from '../../examples/recipes/message-thread';
import { SendBox } from '../../examples/recipes/send-box';
import { memoryChat } from '../client/memory-chat';
import { ada, opening, scriptedControlPlane } from '../client/scripted-control-plane';
import { mount } from './mount';

const ends: (() => unknown)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end();
});

/** Only what the test does itself is an act: events of a real keyboard come when they come. */
function acting<T>(what: () => T): T {
  globalThis.IS_REACT_ACT_ENVIRONMENT = true;
  try {
    return what();
  } finally {
    globalThis.IS_REACT_ACT_ENVIRONMENT = false;
  }
}

/** The thread and the send box of the guide, at a desk with task `t-1` of conversation `c-1` in hand. */
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
  const leaves: Event[] = [];
  const onSubmit = (event: Event) => {
    if (event.defaultPrevented) return;
    leaves.push(event);
    event.preventDefault();
  };
  window.addEventListener('submit', onSubmit);
  ends.push(() => window.removeEventListener('submit', onSubmit));
  const shown = acting(() =>
    mount(
      <ContactCenterProvider client={client}>
        <MessageThread conversationId="c-1" />
        <SendBox taskId="t-1" conversationId="c-1" />
      </ContactCenterProvider>,
    ),
  );
  ends.push(() => acting(() => shown.unmount()));
  return { chat, plane, leaves, shown, sent: () => chat.sent.map(({ text }) => text) };
}

function input(): HTMLInputElement {
  const found = document.querySelector('input');
  if (found === null) throw new Error('the page has no input');
  return found;
}

describe('the send box of the guide', () => {
  it('sends with Enter, clears at once, and a second Enter sends nothing again', async () => {
    const { chat, leaves, shown, sent } = await page();
    const release = chat.hold();
    await userEvent.type(input(), 'hello{Enter}');
    expect(input().value).toBe('');
    await userEvent.keyboard('{Enter}');
    release();
    await expect.poll(() => shown.text).toBe('You: hello');
    expect([sent(), leaves]).toEqual([['hello'], []]);
  });

  it('keeps what is written while the message before is on its way', async () => {
    const { chat, shown, sent } = await page();
    const release = chat.hold();
    await userEvent.type(input(), 'one{Enter}two');
    release();
    await expect.poll(() => shown.text).toBe('You: one');
    expect([sent(), input().value]).toEqual([['one'], 'two']);
  });

  it('leaves the page standing when a message fails, which says why and is sent again by its button', async () => {
    const { chat, shown, sent } = await page();
    // What nobody catches is for the page, which may show an error in its place.
    const uncaught: unknown[] = [];
    const onUncaught = (event: PromiseRejectionEvent | ErrorEvent) =>
      uncaught.push('reason' in event ? event.reason : event.error);
    window.addEventListener('unhandledrejection', onUncaught);
    window.addEventListener('error', onUncaught);
    ends.push(() => {
      window.removeEventListener('unhandledrejection', onUncaught);
      window.removeEventListener('error', onUncaught);
    });
    chat.fail(new ContactCenterError('channel/unavailable', 'unable to send message; the link is down'));
    await userEvent.type(input(), 'hello{Enter}');
    await expect.poll(() => shown.text).toBe('You: hello (not sent: channel/unavailable) Try again');
    chat.fail(undefined);
    await userEvent.click(document.querySelector('button') ?? document.body);
    await expect.poll(() => shown.text).toBe('You: hello');
    expect(sent()).toEqual(['hello', 'hello']);
    // Told in a task of its own, after what has failed.
    await new Promise((resolve) => setTimeout(resolve));
    expect(uncaught).toEqual([]);
  });

  it('sends nothing that is blank, and nothing while it may not', async () => {
    const { chat, shown, sent } = await page();
    await userEvent.type(input(), '   {Enter}');
    await userEvent.clear(input());
    chat.state.set({ status: 'closed' });
    await expect.poll(() => input().disabled).toBe(true);
    expect([sent(), shown.text]).toEqual([[], '']);
  });
});
