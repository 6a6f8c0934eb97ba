import { describe, expect, it } from 'vitest';
import { customerWorld } from './customer-world';

describe('how long somebody would wait who started now', () => {
  it('is told before anything is started, and is what the page then sees', async () => {
    const world = customerWorld({ waitEstimates: true });
    const { client } = world.page();
    expect(await client.estimateWait()).toEqual({ open: true });
    const desk = await world.desk();
    expect(await client.estimateWait({ queueId: 'support', channel: 'chat' })).toEqual({
      open: true,
      estimatedWaitMs: 0,
    });
    expect(await client.estimateWait({ queueId: 'sales' })).toEqual({ open: true });
    for (let index = 0; index < 5; index += 1) {
      await client.start({ displayName: 'Cleo' });
      await desk.accept();
    }
    expect(await client.estimateWait()).toEqual({ open: true, estimatedWaitMs: 60_000 });
    const chat = await client.start({ displayName: 'Cleo' });
    await world.clock.runUntil(() => chat.state$.value.link === 'online');
    expect(chat.state$.value).toMatchObject({ phase: 'queued', position: 1, estimatedWaitMs: 60_000 });
    await client.close();
    await desk.client.close();
  });

  it('rejects where the server does not tell, for what it has not, and where too many ask', async () => {
    const silent = customerWorld().page().client;
    await expect(silent.estimateWait()).rejects.toMatchObject({ code: 'command/not-allowed' });
    const world = customerWorld({ waitEstimates: true, limits: { estimates: { burst: 1, perSecond: 1 } } });
    const { client } = world.page();
    await expect(client.estimateWait({ queueId: 'nowhere' })).rejects.toMatchObject({
      code: 'command/invalid',
      field: 'queueId',
    });
    const asked = client.estimateWait();
    await world.clock.advance(2_000);
    expect(await asked).toEqual({ open: true });
    await client.close();
    await expect(client.estimateWait()).rejects.toMatchObject({ code: 'session/closed' });
  });

  it('is not guessed from an answer that is none', async () => {
    const page = (answer: unknown) =>
      customerWorld().page({ fetch: async () => new Response(JSON.stringify(answer)) }).client;
    for (const answer of [{}, null, { open: 1 }, { open: true, estimatedWaitMs: 'soon' }])
      await expect(page(answer).estimateWait()).rejects.toMatchObject({ code: 'command/failed' });
  });
});
