import { appendFileSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Emulator } from 'onescreen/emulator';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { startEmulator } from './checked-emulator';
import { openChatClient } from './official-client';

let folder: string;
let running: Emulator[];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'onescreen-test-'));
  running = [];
});
afterEach(async () => {
  await Promise.all(running.map((emulator) => emulator.close()));
  rmSync(folder, { recursive: true });
});

async function start() {
  const emulator = await startEmulator({ dataFolder: folder, limits: false });
  running.push(emulator);
  return emulator;
}

async function fill(emulator: Emulator) {
  const id = emulator.core.createUser();
  const { token } = emulator.core.issueToken(id);
  const client = await openChatClient({ endpoint: emulator.endpoint, token });
  const { chatThread } = await client.createChatThread({ topic: 'Kept' });
  const thread = client.getChatThreadClient(chatThread?.id ?? '');
  const { id: first } = await thread.sendMessage({ content: 'one' });
  const { id: second } = await thread.sendMessage({ content: 'two' });
  await thread.updateMessage(first, { content: 'edited' });
  await thread.deleteMessage(second);
  await thread.sendReadReceipt({ chatMessageId: first });
  return { id, token, threadId: thread.threadId };
}

const withoutTime = ({ core }: Emulator) => ({ ...core.snapshot(), now: 0 });
const journal = () => join(folder, 'journal.jsonl');

test('data, access key and tokens outlive the emulator', async () => {
  const first = await start();
  const { token, threadId } = await fill(first);
  const before = withoutTime(first);
  await first.close();
  const second = await start();
  expect(withoutTime(second)).toEqual(before);
  expect(second.core.accessKey).toBe(first.core.accessKey);
  const client = await openChatClient({ endpoint: second.endpoint, token });
  const { id } = await client.getChatThreadClient(threadId).sendMessage({ content: 'three' });
  expect((await client.getChatThreadClient(threadId).getMessage(id)).sequenceId).toBe('5');
});

test('everything answered is kept when the process is killed, and a half written line is dropped', async () => {
  const first = await start();
  await fill(first);
  const before = withoutTime(first);
  const killed = readFileSync(journal());
  await first.close();
  writeFileSync(journal(), killed);
  appendFileSync(journal(), '{"kind":"message","threadId":"19:');
  expect(withoutTime(await start())).toEqual(before);
});

test('what one request changes is kept as a whole or not at all', async () => {
  const first = await start();
  const [owner, member] = [first.core.createUser(), first.core.createUser()];
  const client = await openChatClient({ endpoint: first.endpoint, token: first.core.issueToken(owner).token });
  const { chatThread } = await client.createChatThread({ topic: 'Whole' });
  const thread = client.getChatThreadClient(chatThread?.id ?? '');
  await thread.updateTopic('Changed');
  await thread.addParticipants({ participants: [{ id: { communicationUserId: member } }] });
  await thread.removeParticipant({ communicationUserId: member });
  await first.close();
  const text = readFileSync(journal(), 'utf8');
  const seen = new Set<string>();
  const threadAt = text.indexOf('"kind":"thread"');
  const cuts = [...text.matchAll(/[}\]]\n?/g)].map(({ 0: match, index }) => index + match.length);
  for (const end of cuts.filter((cut) => cut > threadAt)) {
    writeFileSync(journal(), text.slice(0, end));
    const [kept] = withoutTime(await start()).threads;
    const participants = kept?.participants.length ?? 0;
    seen.add([kept?.messages.map(({ content }) => content.type).join(), kept?.topic, participants].join(' '));
  }
  const created = 'participantAdded,topicUpdated';
  expect([...seen]).toEqual([
    '  0',
    `${created} Whole 1`,
    `${created},topicUpdated Changed 1`,
    `${created},topicUpdated,participantAdded Changed 2`,
    `${created},topicUpdated,participantAdded,participantRemoved Changed 1`,
  ]);
});

test('opening again does not let the journal grow', async () => {
  const first = await start();
  await fill(first);
  await first.close();
  await (await start()).close();
  const size = statSync(journal()).size;
  await (await start()).close();
  expect(statSync(journal()).size).toBe(size);
});

test('a damaged journal is refused and left as it is', async () => {
  const text = '{"kind":"thread"}\n';
  writeFileSync(journal(), text);
  await expect(start()).rejects.toMatchObject({ code: 'command/invalid', field: 'dataFolder' });
  expect(readFileSync(journal(), 'utf8')).toBe(text);
});
