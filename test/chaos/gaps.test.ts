import { AzureCommunicationTokenCredential } from '@azure/communication-common';
import { systemClock } from 'onescreen';
import { startEmulator, type EmulatorCore } from 'onescreen/emulator';
import { seededRandom } from 'onescreen/testing';
import { expect, test, vi } from 'vitest';
import { loadBrowserBuild, openChatClient, openIdentityClient } from '../emulator/official-client';
import { openBareClient } from './bare-client';
import { compare, noLosses } from './compare';
import { openDesk } from './desk';
import { tokenSource } from './token-source';
import type { Place, StoredMessage } from './world';

const messagesEach = 500;
const gaps = 50;
const random = seededRandom('gaps');
const soon = { timeout: 60_000, interval: 100 };

test('50 dead sockets during 1,000 messages both ways, with edits and deletions meanwhile, lose nothing', async () => {
  const emulator = await startEmulator({ limits: false });
  const { core } = emulator;
  const { place, observer, customer } = await openThread(core, emulator);
  const { ChatClient } = await loadBrowserBuild();
  const official = { ChatClient, AzureCommunicationTokenCredential };
  const tokens = (user: Place) => tokenSource(user, 3_600_000);
  const desk = openDesk(place, { loadChat: loadBrowserBuild, tokens: tokens(place), chat: { changeLimits: [] } });
  const bare = openBareClient(observer, official, tokens(observer));
  await vi.waitFor(() => expect([desk.connected(), bare.connected()]).toEqual([true, true]), soon);
  await vi.waitFor(() => expect(core.snapshot().registrations).toHaveLength(2), soon);

  const own: string[] = [];
  const changes: Promise<unknown>[] = [];
  const changeInGap = (gap: number) => {
    const [edited, gone] = [random.pick(own), own.splice(random.integer(0, own.length - 2), 1)[0] ?? ''];
    changes.push(customer.deleteMessage(gone));
    if (edited !== gone) changes.push(customer.updateMessage(edited, { content: `c edited in gap ${gap}` }));
    const answers = desk.own();
    const answer = random.pick(answers);
    changes.push(random.next() < 0.5 ? desk.edit(answer, `a edited in gap ${gap}`) : desk.delete(answer));
  };
  const bothUp = () => expect(core.snapshot().sockets).toHaveLength(2);
  const killAt = new Set<number>();
  while (killAt.size < gaps) killAt.add(random.integer(10, messagesEach - 1));
  let killed = 0;
  for (let index = 0; index < messagesEach; index += 1) {
    if (killAt.has(index)) {
      await vi.waitFor(bothUp, { timeout: 60_000, interval: 10 });
      if (random.next() < 0.3) core.faults.refuseAllocation({ forMs: random.integer(50, 300) });
      killed += core.faults.dropSockets({}, random.pick(['terminate', 'close', 'disconnect']));
      changeInGap(killed / 2);
    }
    const sent = customer.sendMessage({ content: `c${index}` });
    await Promise.all([sent, desk.send(`a${index}`)]);
    own.push((await sent).id);
  }
  await Promise.all(changes);
  expect(killed).toBe(2 * gaps);

  const truth = () => storedIn(core);
  expect(truth()).toHaveLength(2 * messagesEach);
  await vi.waitFor(() => expect(compare(desk.shown(), truth())).toEqual(noLosses), soon);
  expect(desk.shown().map(({ id }) => String(id))).toEqual(truth().map(({ id }) => id));
  const lost = compare(bare.shown(), truth());
  console.info(
    `${gaps} gaps, ${2 * messagesEach} messages: acsChat() lost 0; the official client lost ${lost.lost} messages and ${lost.stale} changes`,
  );
  // The comparison means something only if the same gaps hurt a client that does not heal.
  expect(lost.lost).toBeGreaterThan(0);
  await Promise.all([desk.close(), bare.close()]);
  await emulator.close();
}, 180_000);

/** A thread of a customer, an agent, and one who looks on with the bare client. */
async function openThread(
  core: EmulatorCore,
  { endpoint, connectionString }: { endpoint: string; connectionString: string },
) {
  const identities = openIdentityClient(connectionString);
  const { user, token } = await identities.createUserAndToken(['chat']);
  const client = await openChatClient({ endpoint, token });
  const [agent, observer] = [core.createUser(), core.createUser()];
  const participants = [agent, observer].map((id) => ({ id: { communicationUserId: id } }));
  const { chatThread } = await client.createChatThread({ topic: 'Help' }, { participants });
  const threadId = chatThread?.id ?? '';
  const place: Place = {
    ...{ endpoint, threadId, agent, core, random },
    customer: { id: user.communicationUserId },
    clock: systemClock,
  };
  return { place, observer: { ...place, agent: observer }, customer: client.getChatThreadClient(threadId) };
}

function storedIn(core: EmulatorCore): readonly StoredMessage[] {
  return core
    .snapshot()
    .threads.flatMap(({ messages }) => messages)
    .flatMap((message) =>
      message.sender === undefined
        ? []
        : [{ ...message, meant: message.metadata?.['onescreenClientId'] ?? message.id }],
    );
}
