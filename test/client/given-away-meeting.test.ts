import { ContactCenterClient, createLive, type MeetingProvider } from 'onescreen';
import { scriptedMeetings, seededRandom, virtualClock } from 'onescreen/testing';
import { expect, it } from 'vitest';
import { memoryChat } from './memory-chat';
import { ada, entry, opening, scriptedControlPlane, start } from './scripted-control-plane';

it('is out of the meeting of a conversation that the agent has given away and still sees, until it comes back', async () => {
  const plane = scriptedControlPlane({});
  const clock = virtualClock(start);
  const { provider } = scriptedMeetings();
  let isOpen = createLive(false).live;
  const watched: MeetingProvider = {
    ...provider,
    meetings(context) {
      const meetings = provider.meetings(context);
      return {
        ...meetings,
        channel(host) {
          const open = createLive(host.info$.value.open);
          host.info$.subscribe((info) => open.set(info.open));
          isOpen = open.live;
          return meetings.channel(host);
        },
      };
    },
  };
  const client = new ContactCenterClient({
    controlPlane: plane.controlPlane,
    tokens: async () => ({ token: 'opaque', expiresOn: clock.now() + 3_600_000, kind: 'acsUser' }),
    providers: [memoryChat().provider, watched],
    environment: { clock, random: seededRandom('given away') },
  });
  const signingIn = client.signIn();
  plane.link({ status: 'online' });
  plane.push({ type: 'snapshot', agent: ada, offers: [], conversations: [] });
  await signingIn;
  const conversation = { id: 'c-1', self: 'p-ada', entries: opening(), more: false };
  plane.push({ type: 'conversation', conversation });
  const say = (...entries: readonly ReturnType<typeof entry>[]) =>
    plane.push({ type: 'log', conversationId: 'c-1', entries });
  const refs = { provider: 'scripted', providerRefs: {} };
  say(entry(6, { type: 'channel-opened', channelId: 'm-1', channel: 'meeting', ...refs }));
  expect(isOpen.value).toBe(true);
  say(entry(7, { type: 'participant-left', participantId: 'p-ada', reason: 'transferred' }));
  expect(isOpen.value).toBe(false);
  const participant = { id: 'p-ada', role: 'agent', displayName: 'Ada', providerRefs: {} } as const;
  say(entry(8, { type: 'participant-joined', participant }));
  expect(isOpen.value).toBe(true);
  await client.close();
});
