import { seededRandom } from 'onescreen/testing';
import { expect, test, vi } from 'vitest';
import { emulatedChat, liveAcsChat } from './emulated-chat';
import { ObservedSession } from './fake-chat';

const messagesEach = 500;
const gaps = 50;

test('50 dead sockets during 1,000 messages both ways, edited and deleted meanwhile, lose nothing', async () => {
  const random = seededRandom(3);
  const chat = await emulatedChat({ limits: false });
  const { customer, agent, emulator } = chat;
  const { faults } = emulator.core;
  const desk = new ObservedSession(liveAcsChat({ changeLimits: [] }).open(agent.context));
  const naive = new Map<string, string>();
  await customer.client.startRealtimeNotifications();
  customer.client.on('chatMessageReceived', ({ id, message }) => naive.set(id, message));
  customer.client.on('chatMessageEdited', ({ id, message }) => naive.set(id, message));
  customer.client.on('chatMessageDeleted', ({ id }) => naive.set(id, '-'));
  await vi.waitFor(() => expect(emulator.core.snapshot().registrations).toHaveLength(2), { timeout: 10_000 });
  await vi.waitFor(() => expect(desk.status).toBe('connected'), { timeout: 10_000 });

  const ids: string[] = [];
  let done = 0;
  const talk = async (send: (text: string, index: number) => Promise<string>) => {
    for (let index = 0; index < messagesEach; index += 1) {
      ids.push(await send(`message ${index}`, index));
      done += 1;
    }
  };
  const cut = async () => {
    for (let gap = 1; gap <= gaps; gap += 1) {
      await vi.waitFor(() => expect(done).toBeGreaterThanOrEqual((gap * 2 * messagesEach) / (gaps + 1)), {
        timeout: 60_000,
        interval: 5,
      });
      if (random.next() < 0.3) faults.refuseAllocation({ forMs: 200 + 400 * random.next() });
      faults.dropSockets({}, random.next() < 0.5 ? 'terminate' : 'close');
      for (const change of ['edit', 'delete']) {
        const id = ids[Math.floor(random.next() * ids.length)] ?? '';
        const { sender, deletedOn } = await customer.thread.getMessage(id);
        if (sender?.kind !== 'communicationUser' || sender.communicationUserId !== customer.id || deletedOn) continue;
        if (change === 'edit') await customer.thread.updateMessage(id, { content: `edited in gap ${gap}` });
        else await customer.thread.deleteMessage(id);
      }
    }
  };
  await Promise.all([
    talk(async (content) => (await customer.thread.sendMessage({ content })).id),
    talk(async (text, index) => (await desk.session.send({ clientId: `c${index}`, text }, () => {})).providerId),
    cut(),
  ]);

  const truth: (readonly [string, string])[] = [];
  for await (const { id, type, content, deletedOn } of customer.thread.listMessages()) {
    if (type === 'text') truth.unshift([id, deletedOn ? '-' : (content?.message ?? '')]);
  }
  const seen = () =>
    [...desk.messages.values()]
      .sort((a, b) => a.at - b.at)
      .map(({ providerId, text, deletedAt }) => [providerId, deletedAt ? '-' : text]);
  await vi.waitFor(() => expect(seen()).toEqual(truth), { timeout: 60_000, interval: 500 });
  expect(truth).toHaveLength(2 * messagesEach);
  const missing = truth.filter(([id]) => !naive.has(id)).length;
  const stale = truth.filter(([id, text]) => naive.has(id) && naive.get(id) !== text).length;
  console.info(
    `${gaps} gaps, ${truth.length} messages: acsChat lost 0; the bare client lost ${missing} messages, ${stale} changes`,
  );
  await desk.session.close();
  await customer.client.stopRealtimeNotifications();
  await chat.close();
}, 240_000);
