import { chatProviderContract, type ChatProviderHarness } from 'onescreen/testing';
import { describe, it } from 'vitest';
import { emulatedChat, liveAcsChat, type EmulatedChat } from './emulated-chat';

async function until(condition: () => boolean): Promise<void> {
  const end = performance.now() + 30_000;
  while (!condition()) {
    if (performance.now() > end) throw new Error('it took longer than 30 s');
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

function harness(chat: EmulatedChat, provider = liveAcsChat()): ChatProviderHarness {
  const { faults } = chat.emulator.core;
  const cut = new Map<string, number>();
  return {
    names: { customer: chat.customer.id, agent: chat.agent.id },
    async fill(texts) {
      for (const content of texts) await chat.customer.thread.sendMessage({ content });
    },
    join: (party) => provider.open(chat[party].context),
    async setLink(party, up) {
      const user = chat[party].id;
      const rule = cut.get(user);
      if (!up) {
        cut.set(user, faults.requests.add({ user, answer: 'drop', times: Infinity }));
        faults.dropSockets({ user });
      } else if (rule !== undefined) faults.requests.remove(rule);
    },
    until,
    wait: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
    leftovers: () => chat.emulator.core.snapshot().registrations.length,
    close: () => chat.close(),
  };
}

describe('acsChat over the official client and the emulator', { concurrent: true, timeout: 120_000 }, () => {
  const contract = chatProviderContract({
    name: 'acs',
    open: async () => harness(await emulatedChat({ limits: false })),
  });
  for (const one of contract) it(one.name, () => one.run());
});
