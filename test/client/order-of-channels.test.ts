import { ContactCenterClient, createLive, type Capability, type LogEntry } from 'onescreen';
import { createChat } from 'onescreen/chat';
import { seededRandom, virtualClock } from 'onescreen/testing';
import { describe, expect, it } from 'vitest';
import { memoryChat } from './memory-chat';
import { ada, entry, opening, scriptedControlPlane, start } from './scripted-control-plane';

const no: Capability = { supported: false, reason: 'not-supported' };

/** A desk with one conversation. Its chat `a-new` cannot send, the others can. */
async function desk() {
  const plane = scriptedControlPlane();
  const clock = virtualClock(start);
  const { provider, capabilities } = memoryChat();
  const { actions, maxMessageBytes } = capabilities.value;
  const chat = createChat({
    ...{ channel: 'chat', name: 'memory' },
    open(context) {
      const session = provider.open(context);
      const mute = createLive({ actions: { ...actions, send: no }, maxMessageBytes });
      return context.channelId === 'a-new' ? { ...session, capabilities$: mute.live } : session;
    },
  });
  const client = new ContactCenterClient({
    controlPlane: plane.controlPlane,
    tokens: async () => ({ token: 'opaque', expiresOn: clock.now() + 3_600_000 }),
    providers: [chat],
    environment: { clock, random: seededRandom('order of channels') },
  });
  const signedIn = client.signIn();
  plane.link({ status: 'online' });
  const load = (entries: readonly LogEntry[]) =>
    plane.push({
      ...{ type: 'snapshot', agent: ada, offers: [] },
      conversations: [{ id: 'c-1', self: 'p-ada', more: false, entries }],
    });
  load(opening());
  await signedIn;
  const log = (...entries: readonly LogEntry[]) => plane.push({ type: 'log', conversationId: 'c-1', entries });
  return { client, load, log, conversation: client.conversation('c-1'), task: client.tasks$.value[0] };
}

const opened = (seq: number, channelId: string) =>
  entry(seq, { type: 'channel-opened', channelId, channel: 'chat', provider: 'memory', providerRefs: {} });
const old = opened(6, 'z-old');
const fresh = opened(7, 'a-new');

describe('of several channels of one kind', () => {
  it.each([
    ['as they were opened', [old, fresh]],
    ['the other way round', [fresh, old]],
  ])('the one opened last counts when the log comes %s', async (_, arrived) => {
    const { client, log, conversation, task } = await desk();
    for (const one of arrived) log(one);
    expect(conversation?.channel('chat')?.id).toBe('a-new');
    expect(conversation?.channels$.value.get('chat')?.id).toBe('a-new');
    expect(task?.can('send')).toEqual({ allowed: false, reason: 'not-supported' });
    await client.close();
  });

  it('the one opened last counts where an earlier one was lost and read later', async () => {
    const { client, load, log, conversation, task } = await desk();
    log(fresh);
    load([...opening(), old, fresh]);
    expect(conversation?.channel('chat')?.id).toBe('a-new');
    expect(task?.can('send')).toMatchObject({ allowed: false });
    // Of those that are open, that is.
    log(entry(8, { type: 'channel-closed', channelId: 'a-new', reason: 'ended' }));
    expect(task?.can('edit')).toMatchObject({ allowed: true });
    await client.close();
  });
});
