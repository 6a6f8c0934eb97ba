import { ContactCenterClient, type AgentRecord, type LogFact } from 'onescreen';
import { ContactCenterProvider, useControls, useFocus, useInvitations, useMeeting } from 'onescreen/react';
import { act, useReducer, type ReactNode } from 'react';
import { afterEach, describe, expect, it } from 'vitest';
import { scriptedMeetings } from '../../src/testing/scripted-meeting';
import { memoryChat } from '../client/memory-chat';
import { ada, entry, opening, scriptedControlPlane, start } from '../client/scripted-control-plane';
import { mount } from './mount';

const clients: ContactCenterClient[] = [];
afterEach(async () => {
  for (const client of clients.splice(0)) await client.close();
});

type Answers = Parameters<typeof scriptedControlPlane>[0];

const byClient = { supported: true, executor: 'client' } as const;

/** A signed-in desk with a chat: task `t-1` of conversation `c-1`, which can be escalated to a meeting. */
async function desk(answers: Answers = {}) {
  const plane = scriptedControlPlane(answers);
  const meetings = scriptedMeetings();
  const client = new ContactCenterClient({
    controlPlane: plane.controlPlane,
    tokens: async () => ({ token: 'opaque', expiresOn: Date.now() + 3_600_000 }),
    providers: [meetings.provider, memoryChat().provider],
  });
  clients.push(client);
  const signedIn = client.signIn();
  plane.link({ status: 'online' });
  const agent: AgentRecord = { ...ada, id: crypto.randomUUID(), channels: { meeting: true } };
  const entries = opening().map((one) =>
    one.type === 'task' ? { ...one, task: { ...one.task, agentId: agent.id } } : one,
  );
  plane.push({
    ...{ type: 'snapshot', agent, offers: [] },
    conversations: [{ id: 'c-1', self: 'p-ada', entries, more: false }],
  });
  await signedIn;
  let seq = 5;
  const say = (...facts: readonly LogFact[]) =>
    plane.push({ type: 'log', conversationId: 'c-1', entries: facts.map((fact) => entry(++seq, fact)) });
  const show = (node: ReactNode) => mount(<ContactCenterProvider client={client}>{node}</ContactCenterProvider>);
  return { plane, meetings, client, say, show };
}

const opened: LogFact = {
  ...{ type: 'channel-opened', channelId: 'm-1', channel: 'meeting', provider: 'scripted', providerRefs: {} },
};

const invitation = (status: 'open' | 'accepted' | 'withdrawn'): LogFact => ({
  type: 'invitation',
  invitation: {
    ...{ id: 'i-1', channel: 'meeting', channelId: 'm-1', taskId: 't-1', status, from: 'Ada', by: 'link' },
    expiresAt: start + 120_000,
  },
});

describe('useMeeting', () => {
  it('shows the meeting of a conversation from when there is one, and its commands act on it', async () => {
    const { meetings, say, show } = await desk();
    let found: ReturnType<typeof useMeeting>;
    let renders = 0;
    function Meeting() {
      renders++;
      found = useMeeting('c-1');
      return <>{found === undefined ? 'none' : `${found.state.status} ${found.capabilities.admit?.supported}`}</>;
    }
    const page = show(<Meeting />);
    expect(page.text).toBe('none');
    act(() => say(opened));
    expect(page.text).toBe('open false');
    await act(async () => found?.meeting.join());
    expect(page.text).toBe('connected false');
    const before = renders;
    act(() => {
      meetings.channels[0]?.change({ role: 'presenter' });
      meetings.channels[0]?.setCapabilities({ admit: byClient });
    });
    expect(page.text).toBe('connected true');
    expect(renders).toBe(before + 1);
    act(() => say({ type: 'note', text: 'nothing to do with it' }));
    expect(renders).toBe(before + 1);
    page.unmount();
  });
});

describe('useInvitations', () => {
  it('shows those that are open, and takes one back', async () => {
    const { plane, say, show } = await desk({ 'invitation/withdraw': async () => ({}) });
    let list: ReturnType<typeof useInvitations> = [];
    function Invitations() {
      list = useInvitations('c-1');
      return <>{list.map(({ id, channel }) => `${id} ${channel}`).join()}</>;
    }
    const page = show(<Invitations />);
    expect(page.text).toBe('');
    act(() => say(opened, invitation('open')));
    expect(page.text).toBe('i-1 meeting');
    await list[0]?.withdraw();
    expect(plane.commands.at(-1)).toEqual({
      name: 'invitation/withdraw',
      args: { conversationId: 'c-1', invitationId: 'i-1' },
    });
    act(() => say(invitation('withdrawn')));
    expect(page.text).toBe('');
    page.unmount();
  });
});

describe('useFocus', () => {
  it('shows what the agent turned to, in every component, until its conversation has left', async () => {
    const { plane, show } = await desk();
    let focus: ReturnType<typeof useFocus> | undefined;
    let again: (() => void) | undefined;
    function Turn() {
      const [, render] = useReducer((count: number) => count + 1, 0);
      again = render;
      focus = useFocus();
      return null;
    }
    function Shown() {
      return <>{useFocus().conversation?.id ?? 'nothing'}</>;
    }
    const page = show(
      <>
        <Turn />
        <Shown />
      </>,
    );
    const { setFocus } = focus ?? {};
    expect(page.text).toBe('nothing');
    act(() => setFocus?.('c-1'));
    expect(page.text).toBe('c-1');
    expect(focus?.setFocus).toBe(setFocus);
    const before = focus;
    act(() => again?.());
    expect(focus).toBe(before);
    act(() => plane.push({ type: 'conversation-left', conversationId: 'c-1', reason: 'ended' }));
    expect(page.text).toBe('nothing');
    page.unmount();
  });
});

describe('useControls, over several channels', () => {
  it('escalates to a meeting, admits and shares the screen there, and still writes in the chat', async () => {
    const { plane, meetings, say, show } = await desk({ 'task/escalate': async () => ({ channelId: 'm-1' }) });
    let press: ReturnType<typeof useControls> | undefined;
    function Controls() {
      press = useControls('t-1');
      const { escalateToMeeting, admit, send } = press;
      return <>{[escalateToMeeting, admit, send].map((one) => (one.allowed ? 'yes' : one.reason)).join()}</>;
    }
    const page = show(<Controls />);
    expect(page.text).toBe('yes,not-supported,yes');
    await expect(press?.admit.run('g-1')).rejects.toMatchObject({ code: 'channel/unavailable' });
    const escalated = press?.escalateToMeeting.run({ invite: 'none' });
    act(() => say(opened));
    await expect(escalated).resolves.toMatchObject({ id: 'm-1', type: 'meeting' });
    expect(plane.commands.at(-1)?.args).toEqual({ taskId: 't-1', to: 'meeting', invite: 'none' });
    act(() => meetings.channels[0]?.setCapabilities({ admit: byClient, shareScreen: byClient }));
    expect(page.text).toBe('wrong-state,yes,yes');
    await act(async () => {
      await press?.admit.run('g-1');
      await press?.shareScreen.run();
    });
    expect(meetings.channels[0]?.asked).toEqual(['admit g-1', 'shareScreen']);
    await expect(act(async () => press?.send.run('hello'))).resolves.toMatchObject({
      text: 'hello',
      channelId: 'ch-1',
    });
    page.unmount();
  });
});
