import {
  ContactCenterClient,
  type ConsultRecord,
  type DirectoryRecord,
  type LogFact,
  type VoiceProvider,
} from 'onescreen';
import {
  ContactCenterProvider,
  useCall,
  useCallbacks,
  useConsults,
  useControls,
  useDirectory,
  useParked,
} from 'onescreen/react';
import { createVoice } from 'onescreen/voice';
import { act, useState, type ReactNode } from 'react';
import { afterEach, describe, expect, it } from 'vitest';
import { scriptedVoice } from '../../src/testing/scripted-voice';
import { ada, entry, scriptedControlPlane, start, task } from '../client/scripted-control-plane';
import { mount } from './mount';

const clients: ContactCenterClient[] = [];
afterEach(async () => {
  for (const client of clients.splice(0)) await client.close();
});

type Answers = Parameters<typeof scriptedControlPlane>[0];

const person = (id: string, role: 'customer' | 'agent') => ({ id, role, displayName: id, providerRefs: {} });
const executor = { supported: true, executor: 'controlPlane' } as const;

/** A signed-in desk that is in a call: task `t-1` of conversation `c-1`. */
async function desk(answers: Answers = {}) {
  const plane = scriptedControlPlane({ 'phone/report': async () => ({}), ...answers });
  const voice = scriptedVoice();
  const provider: VoiceProvider = {
    channel: 'voice',
    name: 'scripted',
    tokenKinds: ['tpeAgent'],
    open: (context) => createVoice(context, { tokenKinds: ['tpeAgent'], open: voice.open }),
  };
  const client = new ContactCenterClient({
    controlPlane: plane.controlPlane,
    tokens: async () => ({ token: 'opaque', expiresOn: Date.now() + 3_600_000, kind: 'tpeAgent' }),
    providers: [provider],
  });
  clients.push(client);
  const signedIn = client.signIn();
  plane.link({ status: 'online' });
  let seq = 0;
  const log = (...facts: readonly LogFact[]) => facts.map((fact) => entry(++seq, fact));
  const actions = ['hold', 'addParticipant', 'record', 'muteParticipant'];
  const entries = log(
    { type: 'channel-opened', channelId: 'ch-1', channel: 'voice', provider: 'scripted', providerRefs: {}, actions },
    { type: 'participant-joined', participant: person('p-cleo', 'customer') },
    { type: 'participant-joined', participant: person('p-ada', 'agent') },
    { type: 'task', task: { ...task, channel: 'voice' } },
  );
  const call = { correlationId: 'o-1', conversationId: 'c-1', channelId: 'ch-1', callIds: [] };
  plane.push({
    type: 'snapshot',
    agent: ada,
    offers: [],
    conversations: [{ id: 'c-1', self: 'p-ada', entries, more: false }],
    expected: [{ ...call, expiresAt: Date.now() + 20_000 }],
  });
  await signedIn;
  await expect.poll(() => client.tabs.state$.value.leading && voice.openNow === 1).toBe(true);
  const ring = voice.ring({ correlationId: 'o-1' });
  await expect.poll(() => ring.call).toBeDefined();
  const cleo = { status: 'connected', muted: false, speaking: false, providerRefs: {} } as const;
  ring.call?.setParticipants([{ id: 'cleo', ...cleo }]);
  const byControlPlane = { hold: executor, resume: executor, addParticipant: executor };
  ring.call?.setCapabilities({ ...byControlPlane, record: executor, muteParticipant: executor });
  await expect.poll(() => client.tasks$.value[0]?.can('consultAgent')).toEqual({ allowed: true });
  const show = (node: ReactNode, strict = false) =>
    mount(<ContactCenterProvider client={client}>{node}</ContactCenterProvider>, { strict });
  const say = (...facts: readonly LogFact[]) =>
    plane.push({ type: 'log', conversationId: 'c-1', entries: log(...facts) });
  return { plane, client, show, say };
}

const consult = (id: string, status: ConsultRecord['status']): LogFact => ({
  type: 'consult',
  consult: { id, taskId: 't-1', purpose: 'consult', kind: 'agent', displayName: id, agentId: id, status },
});

describe('useConsults', () => {
  it('shows whom the agent has brought in with their state, and useControls acts on the one under way', async () => {
    const acted: unknown[] = [];
    const { show, say } = await desk({
      'consult/act': async (args) => {
        acted.push(args);
        return {};
      },
    });
    let press: ReturnType<typeof useControls> | undefined;
    let renders = 0;
    function Consults() {
      renders++;
      press = useControls('t-1');
      const list = useConsults('t-1').map(({ consult: { id }, state }) => `${id} ${state.status}`);
      return <>{[...list, press.swap.allowed ? 'may swap' : press.swap.reason].join('; ')}</>;
    }
    const page = show(<Consults />);
    expect(page.text).toBe('wrong-state');
    act(() => say(consult('bea', 'consulting'), consult('bea', 'merged'), consult('dan', 'ringing')));
    expect(page.text).toBe('bea merged; dan ringing; wrong-state');
    act(() => say(consult('dan', 'consulting')));
    expect(page.text).toBe('bea merged; dan consulting; may swap');
    const before = renders;
    act(() => say({ type: 'note', text: 'nothing to do with it' }));
    expect(renders).toBe(before);
    await press?.swap.run();
    expect(acted).toEqual([{ conversationId: 'c-1', consultId: 'dan', action: 'swap' }]);
    act(() => say(consult('dan', 'cancelled')));
    await press?.complete.run();
    expect(acted.at(-1)).toEqual({ conversationId: 'c-1', consultId: 'bea', action: 'complete' });
    act(() => say(consult('bea', 'completed')));
    expect(page.text).toBe('wrong-state');
    await expect(press?.merge.run()).rejects.toMatchObject({ code: 'command/not-allowed' });
    page.unmount();
  });
});

describe('useCall', () => {
  it('tells whether it is recorded, and records', async () => {
    const { plane, show, say } = await desk({ 'call/record': async () => ({}), 'call/mute': async () => ({}) });
    let recording: NonNullable<ReturnType<typeof useCall>>['recording'] | undefined;
    let press: ReturnType<typeof useControls> | undefined;
    function Call() {
      recording = useCall('c-1')?.recording;
      press = useControls('t-1');
      return <>{recording?.state}</>;
    }
    const page = show(<Call />);
    expect(page.text).toBe('off');
    await recording?.start();
    act(() => say({ type: 'channel-changed', channelId: 'ch-1', change: 'recording-started' }));
    expect(page.text).toBe('on');
    await press?.record.run('pause');
    act(() => say({ type: 'channel-changed', channelId: 'ch-1', change: 'recording-paused' }));
    expect(page.text).toBe('paused');
    await press?.muteParticipant.run('cleo');
    const call = { conversationId: 'c-1', channelId: 'ch-1' };
    expect(plane.commands.slice(-3)).toEqual([
      { name: 'call/record', args: { ...call, step: 'start' } },
      { name: 'call/record', args: { ...call, step: 'pause' } },
      { name: 'call/mute', args: { ...call, participantId: 'cleo' } },
    ]);
    page.unmount();
  });
});

describe('useParked and useCallbacks', () => {
  it('show what waits, and take and cancel it', async () => {
    const parked = { taskId: 't-9', conversationId: 'c-9', queueId: 'sales', customer: 'Dora', by: 'Bea' };
    const callback = { id: 'cb-1', conversationId: 'c-9', queueId: 'sales', phone: '+14255550100', customer: 'Dora' };
    const conversation = {
      ...{ id: 'c-9', self: 'p-ada', more: false },
      entries: [entry(1, { type: 'task', task: { ...task, id: 't-9', conversationId: 'c-9' } })],
    };
    const { plane, client, show } = await desk({
      'parked/take': async () => ({ taskId: 't-9', conversation }),
      'callback/cancel': async () => ({}),
    });
    const hooks: { parked?: ReturnType<typeof useParked>; callbacks?: ReturnType<typeof useCallbacks> } = {};
    function Waiting() {
      hooks.parked = useParked();
      hooks.callbacks = useCallbacks();
      return (
        <>
          {hooks.parked.parked.map(({ customer, by }) => `${customer} by ${by}`).join()};
          {hooks.callbacks.callbacks.map(({ status }) => status).join()}
        </>
      );
    }
    const page = show(<Waiting />, true);
    expect(page.text).toBe(';');
    act(() => plane.push({ type: 'parked', parked: [{ ...parked, parkedAt: start, returnsAt: start + 180_000 }] }));
    act(() =>
      plane.push({
        type: 'callbacks',
        callbacks: [{ ...callback, dueAt: start, requestedAt: start, status: 'scheduled' }],
      }),
    );
    expect(page.text).toBe('Dora by Bea;scheduled');
    const taken = await act(async () => hooks.parked?.take('t-9'));
    expect(client.tasks$.value).toContain(taken);
    await hooks.callbacks?.cancel('cb-1');
    expect(plane.commands.at(-1)).toEqual({ name: 'callback/cancel', args: { callbackId: 'cb-1' } });
    page.unmount();
  });
});

describe('useDirectory', () => {
  it('shows the answer to the last question, those of before meanwhile, and what went wrong', async () => {
    const waiting: {
      readonly text: string | undefined;
      readonly answer: (names: readonly string[] | Error) => void;
    }[] = [];
    const { show } = await desk({
      'directory/search': ({ text }) =>
        new Promise((resolve, reject) => {
          const answer = (names: readonly string[] | Error) =>
            names instanceof Error ? reject(names) : resolve({ entries: names.map(named) });
          waiting.push({ text, answer });
        }),
    });
    let type: (text: string) => void = () => {};
    let again: () => void = () => {};
    function Directory() {
      const [text, setText] = useState('');
      type = setText;
      const { entries, searching, error, search } = useDirectory(text);
      again = search;
      return <>{[...entries.map(({ displayName }) => displayName), searching ? '…' : '', error?.code].join(' ')}</>;
    }
    const page = show(<Directory />);
    expect(page.text).toBe('… ');
    await act(async () => waiting[0]?.answer(['Ann', 'Bea']));
    expect(page.text).toBe('Ann Bea  ');
    act(() => type('b'));
    act(() => type('be'));
    expect(page.text).toBe('Ann Bea … ');
    await act(async () => waiting[2]?.answer(['Bea']));
    await act(async () => waiting[1]?.answer(['Bob']));
    expect(page.text).toBe('Bea  ');
    expect(waiting.map(({ text }) => text)).toEqual(['', 'b', 'be']);
    act(() => again());
    await act(async () => waiting[3]?.answer(new Error('down')));
    expect(page.text).toBe('Bea  command/failed');
    act(() => again());
    expect(page.text).toBe('Bea … ');
    page.unmount();
    waiting[4]?.answer([]);
  });
});

function named(displayName: string): DirectoryRecord {
  return { kind: 'contact', displayName, target: { phone: '+14255550100' } };
}
