import { once } from 'node:events';
import { startEmulator } from 'onescreen/emulator';
import { expect, test } from 'vitest';
import WebSocket from 'ws';

test('a page speaks to a running emulator over a websocket at /calling', async () => {
  const emulator = await startEmulator();
  const { core } = emulator;
  const page = new WebSocket(`${emulator.endpoint.replace('http', 'ws')}/calling`);
  const answers: unknown[] = [];
  const frames: unknown[] = [];
  page.on('message', (data: Buffer) => {
    const frame = JSON.parse(data.toString()) as { readonly type: string };
    (frame.type === 'answer' ? answers : frames).push(frame);
  });
  try {
    await once(page, 'open');
    const { token } = core.issueToken(core.createUser());
    page.send(JSON.stringify({ id: 1, type: 'register', token, kind: 'CallAgent' }));
    page.send(JSON.stringify({ id: 2, type: 'start', callId: 'own', targets: ['28:orgid:x'], muted: false }));
    await expect.poll(() => frames.length).toBe(3);
    expect(answers).toEqual([
      { type: 'answer', id: 1 },
      { type: 'answer', id: 2 },
    ]);
    expect(frames).toMatchObject([
      { type: 'call', call: { callId: 'own', status: 'connecting' } },
      { type: 'id-changed', from: 'own' },
      { type: 'call', call: { status: 'disconnected', end: { code: 403, subCode: 10105 } } },
    ]);
    core.faults.calls.expireTokens();
    const [code, reason] = (await once(page, 'close')) as [number, Buffer];
    expect([code, reason.toString()]).toEqual([4401, 'invalidToken']);
  } finally {
    page.terminate();
    await emulator.close();
  }
});
