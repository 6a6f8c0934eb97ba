import { describe, expect, it } from 'vitest';
import type { MeetingReport } from '../../../src/protocol/meeting-report';
import type { Desk, Page } from '../contact-center';
import { deskWithPhone } from '../scripted-calls';
import { accept, chatting, closedAt, everything, of, type World } from './several-channels';

/** A chat that was taken into a meeting, which the customer has been invited into. */
async function meeting({
  world = everything(),
  accepted = true,
}: { readonly world?: World; readonly accepted?: boolean } = {}) {
  const chat = await chatting(world);
  const { ann, page, center, taskId, conversationId } = chat;
  const { channelId: meetingId } = await ann.do('task/escalate', { taskId, to: 'meeting' });
  await center.settle();
  if (accepted) await accept({ page, conversationId });
  return {
    ...chat,
    meetingId,
    byAgent: (report: MeetingReport, desk: Desk = ann) =>
      desk.do('meeting/report', { conversationId, channelId: meetingId, report }),
    byCustomer: (report: MeetingReport) => page.do('meeting/report', { channelId: meetingId, report }),
  };
}

const self = (change: Extract<MeetingReport, { type: 'self' }>['change']): MeetingReport => ({ type: 'self', change });

const others = (...names: readonly string[]): MeetingReport => ({
  type: 'others',
  people: names.map((name) => ({ ref: `8:orgid:${name}`, displayName: name })),
});

function changesAt(party: Desk | Page, conversationId: string) {
  return of(party, conversationId, 'channel-changed').map(({ change, participantId }) => ({ change, participantId }));
}

/** Who came and went from outside, as the party was told. */
function expertsAt(party: Desk | Page, conversationId: string): string[] {
  const names = new Map<string, string>();
  return party.entries(conversationId).flatMap((entry) => {
    if (entry.type === 'participant-joined' && entry.participant.role === 'expert') {
      names.set(entry.participant.id, entry.participant.displayName);
      return [`+${entry.participant.displayName}`];
    }
    return entry.type === 'participant-left' && names.has(entry.participantId)
      ? [`-${names.get(entry.participantId)}`]
      : [];
  });
}

describe('a customer who has accepted and is not in the meeting', () => {
  it.each(['denied', 'lobby-timeout', 'left', 'removed', 'failed'] as const)(
    'can be invited anew once they are %s, and not while they wait or are in',
    async (out) => {
      const { ann, page, center, conversationId, meetingId: channelId, byCustomer } = await meeting();
      const refused = async () => (await ann.refusal('channel/invite', { conversationId, channelId })).code;
      expect(await refused()).toBe('task/wrong-state');
      await byCustomer(self('waiting'));
      expect(await refused()).toBe('task/wrong-state');
      await byCustomer(self(out));
      const { invitationId } = await ann.do('channel/invite', { conversationId, channelId });
      await center.settle();
      const { channel } = await page.do('invitation/answer', { invitationId, accept: true });
      expect(channel?.channelId).toBe(channelId);
      expect(await refused()).toBe('task/wrong-state');
      await byCustomer(self('joined'));
      expect(await refused()).toBe('task/wrong-state');
    },
  );
});

describe('what a page tells of its own part in a meeting', () => {
  it('is taken down once each time that it changes, with whom it is about', async () => {
    const { ann, page, conversationId, byAgent, byCustomer } = await meeting();
    const annId = of(ann, conversationId, 'participant-joined').find(({ participant }) => participant.role === 'agent')
      ?.participant.id;
    for (const change of [
      'waiting',
      'waiting',
      'joined',
      'joined',
      'sharing-stopped',
      'sharing-started',
      'sharing-started',
    ] as const)
      await byAgent(self(change));
    for (const change of ['consent-required', 'joined', 'consent-granted', 'consent-granted'] as const)
      await byCustomer(self(change));
    await byAgent(self('sharing-stopped'));
    await byAgent(self('left'));
    await byAgent(self('joined'));
    const cleo = page.started.self;
    expect(changesAt(ann, conversationId)).toEqual([
      { change: 'waiting', participantId: annId },
      { change: 'joined', participantId: annId },
      { change: 'sharing-started', participantId: annId },
      { change: 'consent-required', participantId: cleo },
      { change: 'joined', participantId: cleo },
      { change: 'consent-granted', participantId: cleo },
      { change: 'sharing-stopped', participantId: annId },
      { change: 'left', participantId: annId },
      { change: 'joined', participantId: annId },
    ]);
    expect(new Set(changesAt(page, conversationId).map(({ participantId }) => participantId))).toEqual(new Set([cleo]));
  });

  it('is refused from whom it does not concern', async () => {
    const { center, page, conversationId, channelId, meetingId } = await meeting({ accepted: false });
    const report = self('joined');
    expect((await page.refusal('meeting/report', { channelId: meetingId, report })).code).toBe(
      'conversation/not-found',
    );
    expect((await page.refusal('meeting/report', { channelId, report })).code).toBe('command/invalid');
    const ben = await center.desk('ben');
    expect((await ben.refusal('meeting/report', { conversationId, channelId: meetingId, report })).code).toBe(
      'conversation/not-found',
    );
  });
});

describe('people in a meeting whom the conversation does not know', () => {
  it('are experts from when the agent’s page sees them to when it does not', async () => {
    const { ann, page, conversationId, byAgent, byCustomer } = await meeting();
    await byAgent({
      type: 'others',
      people: [
        { ref: '8:acs:cleo', displayName: 'Cleo' },
        { ref: '8:acs:ann-meets', displayName: 'A' },
      ],
    });
    expect(expertsAt(ann, conversationId)).toEqual([]);
    await byAgent(others('Eve', 'Finn'));
    await byAgent(others('Eve', 'Finn'));
    await byCustomer(others());
    await byAgent(others('Finn'));
    await byAgent(others('Finn', 'Eve', ' '));
    expect(expertsAt(ann, conversationId)).toEqual(['+Eve', '+Finn', '-Eve', '+Eve', '+Participant']);
    expect(expertsAt(page, conversationId)).toEqual(['+Eve', '+Finn', '-Eve', '+Eve', '+Participant']);
    const eves = of(ann, conversationId, 'participant-joined').filter(
      ({ participant }) => participant.displayName === 'Eve',
    );
    expect(new Set(eves.map(({ participant }) => participant.id)).size).toBe(1);
    expect(JSON.stringify(page.received)).not.toContain('8:orgid');
  });

  it('are told to the customer only once they are invited in', async () => {
    const { ann, page, conversationId, byAgent } = await meeting({ accepted: false });
    await byAgent(others('Eve', 'Finn'));
    await byAgent(others('Eve'));
    await ann.center.settle();
    expect(expertsAt(page, conversationId)).toEqual([]);
    await accept({ page, conversationId });
    expect(expertsAt(page, conversationId)).toEqual(['+Eve']);
    await byAgent(others());
    expect(expertsAt(page, conversationId)).toEqual(['+Eve', '-Eve']);
  });

  it('leave with the meeting', async () => {
    const { ann, conversationId, byAgent, meetingId, meetings, center } = await meeting();
    await byAgent(others('Eve'));
    await byAgent({ type: 'over' });
    await center.settle();
    expect(expertsAt(ann, conversationId)).toEqual(['+Eve', '-Eve']);
    expect(closedAt(ann, conversationId)).toEqual([{ channelId: meetingId, reason: 'meeting-ended' }]);
    expect(meetings.asked).toEqual(['open', 'join', 'close']);
    expect(ann.statuses(conversationId).at(-1)).toBe('assigned');
    expect(ann.record.load.used).toBe(1);
  });

  it('stay through a transfer, told by the next agent from then on', async () => {
    const { ann, center, conversationId, taskId, byAgent, meetings } = await meeting();
    await byAgent(others('Eve'));
    const ben = await deskWithPhone(center, 'ben');
    await ann.do('task/transfer', { taskId, to: { agent: 'ben' } });
    await center.settle();
    await ben.do('offer/accept', { offerId: ben.offer.id });
    await center.settle();
    expect(meetings.asked).toEqual(['open', 'join', 'join', 'leave']);
    const left = { ref: '8:acs:ann-meets', displayName: 'ann A.' };
    await byAgent({ type: 'others', people: [left, { ref: '8:orgid:Eve', displayName: 'Eve' }] }, ben);
    expect(expertsAt(ben, conversationId)).toEqual(['+Eve']);
    await byAgent(others(), ben);
    expect(expertsAt(ben, conversationId)).toEqual(['+Eve', '-Eve']);
    const joined = of(ben, conversationId, 'participant-joined').filter(
      ({ participant }) => participant.displayName === 'ben A.',
    );
    expect(joined.at(-1)?.participant.providerRefs).toMatchObject({ meeting: '8:acs:ben-meets' });
  });
});

describe('a meeting whose chat customers do not see', () => {
  it('has one of the server’s beside it, which comes and goes with it and takes no capacity', async () => {
    const { center, calls } = everything({}, { sideChannel: true });
    const ann = await deskWithPhone(center, 'ann');
    const started = await center.start('Cleo', { channel: 'voice' });
    const page = await center.customer(started);
    const { conversationId } = started;
    await calls.phone({ channelId: started.channel.channelId });
    await center.settle();
    const { offer } = ann;
    ann.frame({ type: 'command', id: 'a', name: 'offer/accept', args: { offerId: offer.id } });
    await center.settle();
    calls.ring.answer();
    await center.settle();
    await ann.do('task/escalate', { taskId: offer.task.id, to: 'meeting' });
    const [, , chat] = of(ann, conversationId, 'channel-opened');
    expect(chat).toMatchObject({ channel: 'chat', provider: 'server' });
    const channelId = chat?.channelId ?? '';
    await ann.do('message/send', { conversationId, channelId, clientId: '1', text: 'hello' });
    expect(ann.record.load.used).toBe(2);
    expect(of(page, conversationId, 'message')).toEqual([]);
    await accept({ page, conversationId });
    expect(of(page, conversationId, 'message')).toHaveLength(1);
    await page.do('message/send', { conversationId, channelId, clientId: '2', text: 'hello' });
    const meetingId = of(ann, conversationId, 'channel-opened')[1]?.channelId ?? '';
    await ann.do('channel/end', { conversationId, channelId: meetingId });
    expect(closedAt(page, conversationId).map((one) => one.channelId)).toEqual([meetingId, channelId]);
    expect(ann.statuses(conversationId).at(-1)).toBe('assigned');
  });

  it('leaves the conversation’s own chat what it is', async () => {
    const { ann, conversationId } = await meeting({ world: everything({}, { sideChannel: true }) });
    expect(of(ann, conversationId, 'channel-opened').map(({ channel }) => channel)).toEqual(['chat', 'meeting']);
  });
});

describe('tokens for meetings', () => {
  it('are given to agents by their names there, and to customers over HTTP as well', async () => {
    const { center, page } = await meeting();
    const mine = await center.post('/tokens', { audience: 'meeting' }, { authorization: 'Bearer ann' });
    expect(mine.body).toMatchObject({ token: 'meeting-8:acs:ann-meets', kind: 'acsUser' });
    const { conversationId, resumeToken } = page.started;
    const path = `/conversations/${conversationId}/tokens`;
    const theirs = await center.post(path, { audience: 'meeting' }, { authorization: `Bearer ${resumeToken}` });
    expect(theirs.body).toMatchObject({ token: 'meeting-8:acs:cleo' });
  });
});
