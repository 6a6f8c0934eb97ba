import { serverChat } from 'onescreen/control-plane';
import { chatProviderContract } from 'onescreen/testing';
import { describe, it } from 'vitest';
import { openHostedChat } from './hosted-chat-harness';

for (const recover of [true, false]) {
  describe(`serverChat over a link that comes back ${recover ? 'with' : 'without'} what was missed`, () => {
    const open = () => openHostedChat(serverChat(), recover);
    for (const { name, run } of chatProviderContract({ name: 'server', open })) it(name, run);
  });
}
