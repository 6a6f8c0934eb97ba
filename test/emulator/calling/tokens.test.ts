import { describe, expect, it } from 'vitest';
import { CallingPage, jwt } from './calling-page';

const hour = 3_600_000;

/** A credential whose tokens last an hour of virtual time, until it fails. */
function credential(page: CallingPage) {
  const state = { issued: 0, failing: false, until: 0, token: '' };
  return {
    state,
    dispose: () => {},
    getToken: async () => {
      if (page.clock.now() >= state.until - 600_000) {
        if (state.failing) throw new Error('the vendor is down');
        state.until = page.clock.now() + hour;
        state.token = jwt('acs:resource_anna', 1e6, ++state.issued);
      }
      return { token: state.token, expiresOnTimestamp: state.until };
    },
  };
}

describe('the token of an agent', () => {
  it('is replaced before it expires, and the agent stays connected for a whole shift', async () => {
    const page = new CallingPage();
    const agent = await page.soon(page.client().createCallAgent(credential(page)));
    const changes: unknown[] = [];
    agent.on('connectionStateChanged', (change) => changes.push(change));
    await page.clock.advance(8 * hour);
    expect([changes, page.of('register').length]).toEqual([[], 1]);
    expect(page.of('refresh').length).toBeGreaterThanOrEqual(8);
  });

  it('that cannot be replaced disconnects the agent as invalid, and a new one brings it back', async () => {
    const page = new CallingPage();
    const vendor = credential(page);
    const agent = await page.soon(page.client().createCallAgent(vendor));
    const changes: unknown[] = [];
    agent.on('connectionStateChanged', ({ newValue, reason }) => changes.push([newValue, reason]));
    vendor.state.failing = true;
    await page.clock.advance(hour - 1);
    expect(changes).toEqual([]);
    await page.clock.advance(2000);
    expect(changes[0]).toEqual(['Disconnected', 'invalidToken']);
    expect(page.connected).toBe(false);
    vendor.state.failing = false;
    await page.clock.advance(60_000);
    expect([changes.at(-1), agent.connectionState]).toEqual([['Connected', undefined], 'Connected']);
  });

  it('that is missing refuses the agent', async () => {
    const page = new CallingPage();
    const vendor = credential(page);
    vendor.state.failing = true;
    await expect(page.soon(page.client().createCallAgent(vendor))).rejects.toMatchObject({ code: 401, subCode: 40235 });
    expect(page.urls).toEqual([]);
  });
});
