import { acsChat } from 'onescreen/acs/chat';
import { describe, expect, it } from 'vitest';
import { acsUser, FakePerson } from './fake-meeting-call';
import { identity, setMeetingDesk } from './meeting-desk';

const bo = '8:acs:r_bo';

describe("the meeting's own chat", () => {
  it('is joined while in, under the name and with the tokens of the meeting', async () => {
    const desk = setMeetingDesk({ chat: acsChat() });
    const opened = desk.open(desk.meetings(), { joinLink: 'l', endpoint: 'http://127.0.0.1:1' });
    const { channel, chats } = opened;
    const joining = channel.join();
    await desk.clock.runUntil(() => desk.calls.length > 0);
    desk.call.to('InLobby');
    await joining;
    expect([channel.chat$.value, chats.length]).toEqual([undefined, 0]);
    desk.call.to('Connected');
    expect(chats).toHaveLength(1);
    expect(chats[0]?.where).toMatchObject({
      providerRefs: { endpoint: 'http://127.0.0.1:1', threadId: '19:meeting_1@thread.v2' },
      names: { acs: identity },
    });
    expect(channel.capabilities$.value.chat.supported).toBe(true);
    const asked: string[] = [];
    const get = desk.tokens.get.bind(desk.tokens);
    Object.assign(desk.tokens, { get: (audience: string) => (asked.push(audience), get(audience)) });
    const { tokens } = chats[0]!.where as { tokens: typeof desk.tokens };
    await tokens.get('chat');
    expect(asked).toEqual(['meeting']);
    desk.call.to('LocalHold');
    expect(channel.chat$.value).toBeDefined();
    desk.call.to('Disconnected', { code: 0, subCode: 5000 });
    await desk.clock.advance(0);
    expect([channel.chat$.value, chats[0]?.closed]).toEqual([undefined, true]);
  });

  it('comes when the service tells of it', async () => {
    const desk = setMeetingDesk({ chat: acsChat() });
    const opened = desk.open(desk.meetings());
    const joining = opened.channel.join();
    await desk.clock.runUntil(() => desk.calls.length > 0);
    desk.call.threadId = undefined;
    desk.call.to('Connected');
    await joining;
    expect(opened.chats).toEqual([]);
    desk.call.threadId = '19:later';
    desk.call.emit('stateChanged');
    expect(opened.chats).toMatchObject([{ where: { providerRefs: { threadId: '19:later' } } }]);
  });

  it.each([
    ['guest', undefined],
    ['teamsUser', acsChat()],
  ] as const)('is none for a %s with the chat %o', async (persona, chat) => {
    const desk = setMeetingDesk({ persona, ...(chat !== undefined && { chat }) });
    const { channel, chats } = await desk.connected();
    expect([channel.chat$.value, chats]).toEqual([undefined, []]);
    expect(channel.capabilities$.value.chat).toMatchObject({ supported: false, reason: 'not-supported' });
    await expect(channel.shareContext(['product'])).rejects.toMatchObject({ reason: 'not-supported' });
  });

  it('shows chosen labels of the context to everybody, as text', async () => {
    const desk = setMeetingDesk({ chat: acsChat() });
    const { channel, chats } = await desk.connected();
    expect(await channel.shareContext(['product', 'a\nb', 'toString'])).toEqual({
      product: 'Boat',
      'a\nb': 'one\ntwo',
    });
    expect(chats[0]?.sent).toEqual(['product: Boat\na b: one two']);
    await expect(channel.shareContext(['none'])).rejects.toMatchObject({ code: 'command/invalid', field: 'keys' });
    expect(chats[0]?.sent).toHaveLength(1);
  });
});

describe('the control plane is told', () => {
  it('who else is in, once it has been still for 300 ms, without those who are on the way', async () => {
    const desk = setMeetingDesk();
    const { reports } = await desk.connected();
    await desk.clock.advance(1_000);
    const coming = new FakePerson(acsUser('8:acs:r_c'), 'Cy');
    coming.state = 'Connecting';
    desk.call.join(new FakePerson(acsUser(bo)));
    await desk.clock.advance(200);
    desk.call.join(coming);
    await desk.clock.advance(299);
    expect(reports).toHaveLength(2);
    await desk.clock.advance(1);
    expect(reports.slice(2)).toEqual([{ type: 'others', people: [{ ref: bo, displayName: 'Bo' }] }]);
    coming.isMuted = true;
    coming.emit('isMutedChanged');
    await desk.clock.advance(1_000);
    expect(reports).toHaveLength(3);
    coming.state = 'Connected';
    coming.emit('stateChanged');
    await desk.clock.advance(1_000);
    expect(reports[3]).toMatchObject({ people: [{ ref: bo }, { ref: '8:acs:r_c' }] });
  });

  it.each([
    [
      { code: 0, subCode: 5000 },
      { type: 'self', change: 'removed', ref: identity },
    ],
    [
      { code: 410, subCode: 3100 },
      { type: 'self', change: 'failed', ref: identity },
    ],
    [{ code: 0, subCode: 4097 }, { type: 'over' }],
  ])('that it ended by %j', async (reason, report) => {
    const desk = setMeetingDesk();
    const { reports } = await desk.connected();
    desk.call.to('Disconnected', reason);
    await desk.clock.advance(1_000);
    expect(reports.at(-1)).toEqual(report);
    expect(reports.filter(({ type }) => type === 'others')).toEqual([]);
  });
});
