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

const messages = 1_000;
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
  const deleted = new Set<string>();
  const changeOwn = async (gap: number) => {
    const free = own.filter((id) => !deleted.has(id));
    const [edited, gone] = [random.pick(free), random.pick(free)];
    if (edited !== gone) await customer.updateMessage(edited, { content: `edited in gap ${gap}` });
    deleted.add(gone);
    await customer.deleteMessage(gone);
  };
  const answers: Promise<unknown>[] = [];
  const killAt = new Set<number>();
  while (killAt.size < gaps) killAt.add(random.integer(20, messages - 1));
  for (let index = 0, gap = 0; index < messages; index += 1) {
    if (killAt.has(index)) {
      gap += 1;
      if (random.next() < 0.7) core.faults.refuseAllocation({ forMs: random.integer(50, 500) });
      core.faults.dropSockets({}, random.pick(['terminate', 'close', 'disconnect']));
      await changeOwn(gap);
      answers.push(desk.edit(random.pick(desk.own()), `edited by the agent in gap ${gap}`));
    }
    if (random.next() < 0.5) own.push((await customer.sendMessage({ content: `c${index}` })).id);
    else await desk.send(`a${index}`);
  }
  await Promise.all(answers);

  const truth = () => storedIn(core);
  expect(truth()).toHaveLength(messages);
  await vi.waitFor(() => expect(compare(desk.shown(), truth())).toEqual(noLosses), soon);
  expect(desk.shown().map(({ id }) => String(id))).toEqual(truth().map(({ id }) => id));
  const lost = compare(bare.shown(), truth());
  console.info(
    `${gaps} gaps, ${messages} messages: acsChat() lost 0; the official client lost ${lost.lost} messages and ${lost.stale} changes`,
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
    .threads.flatMap(({ messages: all }) => all)
    .flatMap((message) =>
      message.sender === undefined
        ? []
        : [{ ...message, meant: message.metadata?.['onescreenClientId'] ?? message.id }],
    );
}
