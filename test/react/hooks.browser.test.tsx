import { ContactCenterClient } from 'onescreen';
import {
  ContactCenterProvider,
  useAgent,
  useControls,
  useConversation,
  useOffers,
  useSession,
  useTasks,
  useTimeline,
  useWrapUp,
} from 'onescreen/react';
import { act, type ReactNode } from 'react';
import { afterEach, describe, expect, it } from 'vitest';
import { memoryChat, stored } from '../client/memory-chat';
import { ada, entry, offer, opening, scriptedControlPlane, task } from '../client/scripted-control-plane';
import { mount } from './mount';

const clients: ContactCenterClient[] = [];
afterEach(async () => {
  for (const client of clients.splice(0)) await client.close();
});

/** A signed-in desk that has task `t-1` of conversation `c-1` in hand. */
async function desk() {
  const plane = scriptedControlPlane({ 'task/end': async () => ({}), 'wrap-up/complete': async () => ({}) });
  const chat = memoryChat();
  const client = new ContactCenterClient({
    controlPlane: plane.controlPlane,
    tokens: async () => ({ token: 'opaque', expiresOn: Date.now() + 3_600_000 }),
    providers: [chat.provider],
  });
  clients.push(client);
  const signedIn = client.signIn();
  plane.link({ status: 'online' });
  const conversation = { id: 'c-1', self: 'p-ada', entries: opening(), more: false };
  plane.push({ type: 'snapshot', agent: ada, offers: [], conversations: [conversation] });
  await signedIn;
  const show = (node: ReactNode, strict = false) =>
    mount(<ContactCenterProvider client={client}>{node}</ContactCenterProvider>, { strict });
  return { plane, chat, client, show };
}

function Timeline({ rendered }: { readonly rendered: () => void }) {
  rendered();
  const timeline = useTimeline('c-1');
  const messages = [...(timeline ?? [])].filter((item) => item.kind === 'message');
  return <>{messages.map(({ text }) => text).join()}</>;
}

function Roster({ rendered }: { readonly rendered: () => void }) {
  rendered();
  return (
    <>
      {useConversation('c-1')
        ?.participants.map(({ id }) => id)
        .join()}
    </>
  );
}

function Work({ rendered }: { readonly rendered: () => void }) {
  rendered();
  return (
    <>
      {useOffers().length} offered, {useTasks().length} in hand
    </>
  );
}

describe('hooks', () => {
  it('render who shows an event once, and nobody else', async () => {
    const { plane, chat, show } = await desk();
    const renders = { timeline: 0, roster: 0, work: 0 };
    const page = show(
      <>
        <Timeline rendered={() => renders.timeline++} />;<Roster rendered={() => renders.roster++} />;
        <Work rendered={() => renders.work++} />
      </>,
    );
    expect(page.text).toBe(';p-ada,p-cleo;0 offered, 1 in hand');
    expect(renders).toEqual({ timeline: 1, roster: 1, work: 1 });

    act(() => chat.items.next([stored(1, 'p-ada', 'Hello')]));
    expect(renders).toEqual({ timeline: 2, roster: 1, work: 1 });

    act(() => plane.push({ type: 'offer', offer: offer('o-1') }));
    expect(page.text).toBe('Hello;p-ada,p-cleo;1 offered, 1 in hand');
    expect(renders).toEqual({ timeline: 2, roster: 1, work: 2 });

    act(() => plane.push({ type: 'agent', agent: { ...ada, load: { tasks: 1, used: 1, capacity: 100 } } }));
    expect(renders).toEqual({ timeline: 2, roster: 1, work: 2 });
    page.unmount();
  });

  it('render a burst of messages once', async () => {
    const { chat, show } = await desk();
    let renders = 0;
    const page = show(<Timeline rendered={() => renders++} />);
    act(() => chat.items.next([stored(1, 'p-cleo', 'a'), stored(2, 'p-cleo', 'b'), stored(3, 'p-cleo', 'c')]));
    expect([page.text, renders]).toEqual(['a,b,c', 2]);
    page.unmount();
  });

  it('follow a conversation that leaves and comes back, and nothing of before', async () => {
    const { plane, chat, show } = await desk();
    let renders = 0;
    const page = show(<Timeline rendered={() => renders++} />);
    act(() => chat.items.next([stored(1, 'p-cleo', 'Hello')]));
    act(() => plane.push({ type: 'conversation-left', conversationId: 'c-1', reason: 'closed' }));
    expect(page.text).toBe('');
    const conversation = { id: 'c-1', self: 'p-ada', entries: opening(), more: false };
    act(() => plane.push({ type: 'snapshot', agent: ada, offers: [], conversations: [conversation] }));
    expect(page.text).toBe('');
    renders = 0;
    act(() => chat.items.next([stored(2, 'p-cleo', 'Again')]));
    expect([page.text, renders]).toEqual(['Again', 1]);
    page.unmount();
  });

  it('say who is signed in and how the link stands', async () => {
    const { plane, client, show } = await desk();
    function Desk() {
      const agent = useAgent();
      return (
        <>
          {useSession().status} {agent?.agent.displayName} {agent?.state.availability.kind}
        </>
      );
    }
    const page = show(<Desk />);
    expect(page.text).toBe('online Ada unavailable');
    act(() => plane.push({ type: 'agent', agent: { ...ada, availability: { kind: 'available' } } }));
    expect(page.text).toBe('online Ada available');
    act(() => plane.link({ status: 'offline' }));
    expect(page.text).toBe('offline Ada available');
    await act(() => client.close());
    expect(page.text).toContain('signed-out');
    page.unmount();
  });

  it('show the same under StrictMode, and nothing any more after the page is gone', async () => {
    const { chat, plane, show } = await desk();
    let renders = 0;
    const page = show(<Timeline rendered={() => renders++} />, true);
    act(() => chat.items.next([stored(1, 'p-cleo', 'Hello')]));
    expect(page.text).toBe('Hello');
    page.unmount();
    const before = renders;
    act(() => chat.items.next([stored(2, 'p-cleo', 'Anybody?')]));
    act(() => plane.push({ type: 'offer', offer: offer('o-1') }));
    expect(renders).toBe(before);
  });

  it('refuse to work without a provider above', () => {
    const errors: unknown[] = [];
    function Alone() {
      try {
        useOffers();
      } catch (error) {
        errors.push(error);
      }
      return null;
    }
    mount(<Alone />).unmount();
    expect(errors[0]).toMatchObject({ code: 'command/invalid' });
  });
});

describe('useControls', () => {
  it('follows the link and the task, and runs the action', async () => {
    const { plane, show } = await desk();
    let controls: ReturnType<typeof useControls> | undefined;
    function Buttons() {
      controls = useControls('t-1');
      return null;
    }
    const page = show(<Buttons />);
    expect(controls).toMatchObject({ send: { allowed: true }, end: { allowed: true }, wrapUp: { allowed: false } });
    expect(controls?.can('mute')).toMatchObject({ allowed: false, reason: 'not-supported' });

    act(() => plane.link({ status: 'offline' }));
    expect(controls).toMatchObject({ send: { allowed: true }, end: { allowed: false, reason: 'not-connected' } });
    act(() => plane.link({ status: 'online' }));

    await act(async () => controls?.end.run());
    expect(plane.commands.at(-1)).toEqual({ name: 'task/end', args: { taskId: 't-1' } });
    const wrapping = entry(6, { type: 'task', task: { ...task, status: 'wrapping' } });
    act(() => plane.push({ type: 'log', conversationId: 'c-1', entries: [wrapping] }));
    expect(controls).toMatchObject({
      send: { allowed: false, reason: 'wrong-state' },
      end: { allowed: false, reason: 'wrong-state' },
      wrapUp: { allowed: false, reason: 'disposition-required' },
    });

    act(() => plane.push({ type: 'conversation-left', conversationId: 'c-1', reason: 'closed' }));
    expect(controls).toMatchObject({ send: { allowed: false, reason: 'closed' } });
    await expect(controls?.end.run()).rejects.toMatchObject({ code: 'task/gone' });
    page.unmount();
  });
});

describe('useWrapUp', () => {
  it('keeps the draft, and sends it', async () => {
    const { plane, show } = await desk();
    let wrapUp: ReturnType<typeof useWrapUp>;
    function Panel() {
      wrapUp = useWrapUp('t-1');
      return <>{wrapUp?.draft.disposition ?? 'none'}</>;
    }
    const page = show(<Panel />);
    expect(wrapUp?.state).toMatchObject({ status: 'pending', required: true });
    const wrapping = entry(6, { type: 'task', task: { ...task, status: 'wrapping' } });
    act(() => plane.push({ type: 'log', conversationId: 'c-1', entries: [wrapping] }));
    expect(wrapUp?.state.status).toBe('active');
    await expect(wrapUp?.complete()).rejects.toMatchObject({ code: 'command/invalid', field: 'disposition' });
    act(() => wrapUp?.save({ disposition: 'sold' }));
    expect(page.text).toBe('sold');
    await act(async () => wrapUp?.complete({ notes: 'one adapter' }));
    expect(plane.commands.at(-1)).toEqual({
      name: 'wrap-up/complete',
      args: { taskId: 't-1', disposition: 'sold', notes: 'one adapter' },
    });
    page.unmount();
  });
});
