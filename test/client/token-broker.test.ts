import { ContactCenterError, createEnvironment, createTokens, type TokenProvider } from 'onescreen';
import { seededRandom, virtualClock } from 'onescreen/testing';
import { describe, expect, it } from 'vitest';

const minute = 60_000;

function broker(provider: TokenProvider) {
  const clock = virtualClock();
  const tokens = createTokens(provider, createEnvironment({ clock, random: seededRandom('tokens') }));
  return { clock, tokens };
}

describe('the token broker', () => {
  it('asks once for many who want the same token, and once for each audience', async () => {
    const asked: string[] = [];
    const { clock, tokens } = broker(async ({ audience }) => {
      asked.push(audience);
      return { token: `t-${asked.length}`, expiresOn: new Date(clock.now() + 60 * minute) };
    });
    const [one, two, three] = await Promise.all([tokens.get('chat'), tokens.get('chat'), tokens.get('controlPlane')]);
    expect([one?.token, two?.token, three?.token]).toEqual(['t-1', 't-1', 't-2']);
    expect(asked).toEqual(['chat', 'controlPlane']);
    await tokens.close();
  });

  it('refreshes ten minutes before expiry without being asked', async () => {
    let calls = 0;
    const { clock, tokens } = broker(async () => ({ token: `t-${++calls}`, expiresOn: clock.now() + 60 * minute }));
    await tokens.get('chat');
    await clock.advance(49 * minute);
    expect(calls).toBe(1);
    await clock.advance(2 * minute);
    expect(calls).toBe(2);
    expect((await tokens.get('chat')).token).toBe('t-2');
    await tokens.close();
  });

  it('goes from valid over degraded and expired back to valid while the vendor fails for ten minutes, and rejects into nothing', async () => {
    let broken = false;
    const { clock, tokens } = broker(async () => {
      if (broken) throw new Error('identity service down');
      return { token: `t-${clock.now()}`, expiresOn: clock.now() + 8 * minute };
    });
    const seen: string[] = [];
    tokens.state$.subscribe((state) => state.chat !== undefined && seen.push(state.chat));
    await tokens.get('chat');
    broken = true;
    await clock.advance(7 * minute);
    expect(await tokens.get('chat')).toMatchObject({ expiresAt: expect.any(Number) });
    await clock.advance(3 * minute);
    await expect(tokens.get('chat')).rejects.toMatchObject({
      code: 'token/unavailable',
      retryable: true,
      cause: { message: 'identity service down' },
    });
    broken = false;
    await clock.advance(2 * minute);
    expect(seen).toEqual(['valid', 'degraded', 'expired', 'valid']);
    await tokens.close();
    expect(clock.pending).toBe(0);
  });

  it('fetches another when the one it holds was refused', async () => {
    let calls = 0;
    const { clock, tokens } = broker(async () => ({ token: `t-${++calls}`, expiresOn: clock.now() + 60 * minute }));
    const first = await tokens.get('chat');
    expect((await tokens.get('chat', first.token)).token).toBe('t-2');
    expect((await tokens.get('chat', first.token)).token).toBe('t-2');
    await tokens.close();
  });

  it.each([
    [{ token: '', expiresOn: Date.UTC(2030, 0) }, 'tokens().token'],
    [{ token: 'x', expiresOn: 'soon' }, 'tokens().expiresOn'],
    [{ token: 'x', expiresOn: 0 }, 'tokens().expiresOn'],
    [{ token: 'x', expiresOn: Date.UTC(2030, 0) / 1_000 }, 'tokens().expiresOn'],
  ])('refuses %o and names the field', async (answer, field) => {
    const { tokens } = broker(async () => answer);
    await expect(tokens.get('chat')).rejects.toMatchObject({ code: 'token/unavailable', field });
    await tokens.close();
  });

  it('gives up on a vendor who never answers, after thirty seconds, and aborts the call', async () => {
    let signal: AbortSignal | undefined;
    const { clock, tokens } = broker((request) => {
      signal ??= request.signal;
      return new Promise(() => {});
    });
    const wanted = tokens.get('chat');
    const refused = expect(wanted).rejects.toMatchObject({ code: 'token/unavailable' });
    await clock.advance(31_000);
    await refused;
    expect(signal?.aborted).toBe(true);
    await tokens.close();
  });

  it('says that a person is needed when the vendor says so', async () => {
    const { tokens } = broker(() =>
      Promise.reject(new ContactCenterError('token/interaction-required', 'unable to get a token; sign in again')),
    );
    await expect(tokens.get('calling')).rejects.toMatchObject({ code: 'token/interaction-required' });
    expect(tokens.state$.value).toEqual({ calling: 'interaction-required' });
    await tokens.close();
  });
});
