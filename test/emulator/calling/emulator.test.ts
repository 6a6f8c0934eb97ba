import type { IncomingCall } from '@azure/communication-calling';
import { createEmulator } from 'onescreen/emulator';
import type { OpenCallingSocket } from 'onescreen/emulator/calling';
import { AzureCommunicationTokenCredential } from '@azure/communication-common';
import { seededRandom, virtualClock } from 'onescreen/testing';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { CountingMedia } from '../calls/counting-media';
import { CallingPage, statesOf } from './calling-page';

/** The emulator itself behind two pages, in one process. */
class Bench {
  // Real tokens are judged by the official credential, which has the machine's clock.
  readonly clock = virtualClock(Date.now());
  readonly media = new CountingMedia();
  readonly core = createEmulator({ clock: this.clock, random: seededRandom(7), limits: false, media: this.media });
  readonly #drops = new Map<CallingPage, () => void>();

  async agent() {
    const user = this.core.createUser();
    const { token } = this.core.issueToken(user, { scopes: ['voip'] });
    let drop = () => {};
    const page = new CallingPage(
      this.clock,
      this.#socket((dropped) => (drop = dropped)),
    );
    const agent = await page.soon(page.client().createCallAgent(new AzureCommunicationTokenCredential(token)));
    this.#drops.set(page, () => drop());
    return { user, page, agent };
  }

  drop(page: CallingPage): void {
    this.#drops.get(page)?.();
  }

  #socket(droppable: (drop: () => void) => void): OpenCallingSocket {
    return (url, events) => {
      let open = true;
      const close = (code?: number) => {
        if (!open) return;
        open = false;
        events.closed(code);
      };
      const connection = this.core.connect(url.replace('ws:', 'http:'), {
        send: (text) => queueMicrotask(() => open && events.received(text)),
        close: (code) => queueMicrotask(() => close(code)),
        terminate: () => queueMicrotask(() => close()),
      });
      droppable(() => {
        connection.ended();
        close();
      });
      queueMicrotask(() => open && events.opened());
      return {
        send: (text) => queueMicrotask(() => open && connection.receive(text)),
        close: () => {
          // What was sent before still arrives, as on a real socket.
          queueMicrotask(() => {
            open = false;
            connection.ended();
          });
        },
      };
    };
  }
}

describe('with the emulator behind it', () => {
  let bench: Bench;

  beforeEach(() => {
    bench = new Bench();
  });

  afterEach(() => {
    expect(bench.media.misuse).toEqual([]);
  });

  async function pair() {
    const anna = await bench.agent();
    const ben = await bench.agent();
    const incoming = new Promise<IncomingCall>((resolve) => {
      ben.agent.on('incomingCall', ({ incomingCall }) => resolve(incomingCall));
    });
    const call = anna.agent.startCall([{ communicationUserId: ben.user }], {
      customContext: { voipHeaders: [{ key: 'onescreen-correlation', value: 'offer-1' }] },
    });
    const states = statesOf(call);
    await bench.clock.advance(100);
    const incomingCall = await incoming;
    return { anna, ben, call, states, incomingCall };
  }

  it('one page calls another, which accepts; both are connected with media until one hangs up', async () => {
    const { anna, ben, call, states, incomingCall } = await pair();
    expect(incomingCall.customContext?.voipHeaders).toEqual([{ key: 'onescreen-correlation', value: 'offer-1' }]);
    const accepted = await anna.page.soon(incomingCall.accept());
    await bench.clock.advance(100);
    expect([call.state, accepted.state, bench.media.size]).toEqual(['Connected', 'Connected', 2]);
    expect(call.remoteParticipants.map(({ identifier }) => identifier)).toMatchObject([
      { communicationUserId: ben.user },
    ]);
    await anna.page.soon(call.hangUp(), 100);
    expect(states).toEqual(['None', 'Connecting', 'Ringing', 'Connected', 'Disconnecting', 'Disconnected']);
    expect([accepted.state, accepted.callEndReason?.code]).toEqual(['Disconnected', 0]);
    expect([bench.media.size, anna.page.peers.live, ben.page.peers.live]).toEqual([0, 0, 0]);
  });

  it('a caller who gives up stops the ring on the other side', async () => {
    const { anna, call, incomingCall } = await pair();
    await anna.page.soon(call.hangUp(), 100);
    expect(incomingCall.callEndReason).toMatchObject({ code: 487, subCode: 0 });
    await expect(incomingCall.accept()).rejects.toMatchObject({ code: 400, subCode: 41006 });
    expect([bench.media.size, bench.core.calls.list().length]).toEqual([0, 0]);
  });

  it('hold of one side is remote hold of the other, and resume ends both', async () => {
    const { anna, call, incomingCall } = await pair();
    const accepted = await anna.page.soon(incomingCall.accept());
    await bench.clock.advance(100);
    await anna.page.soon(call.hold(), 100);
    expect([call.state, accepted.state]).toEqual(['LocalHold', 'RemoteHold']);
    await anna.page.soon(call.resume(), 100);
    expect([call.state, accepted.state]).toEqual(['Connected', 'Connected']);
  });

  it('a page whose connection breaks comes back to its call', async () => {
    const { anna, call, incomingCall } = await pair();
    const accepted = await anna.page.soon(incomingCall.accept());
    await bench.clock.advance(100);
    bench.drop(anna.page);
    expect(anna.agent.connectionState).toBe('Disconnected');
    await bench.clock.advance(10_000);
    expect([anna.agent.connectionState, call.state, accepted.state]).toEqual(['Connected', 'Connected', 'Connected']);
    await anna.page.soon(call.hangUp(), 100);
    expect([accepted.state, bench.media.size]).toEqual(['Disconnected', 0]);
  });

  it('a user with no endpoint is not reached', async () => {
    const anna = await bench.agent();
    const call = anna.agent.startCall([{ communicationUserId: bench.core.createUser() }]);
    await bench.clock.advance(1000);
    expect([call.state, call.callEndReason]).toMatchObject(['Disconnected', { code: 480, subCode: 10037 }]);
    expect([bench.media.size, anna.page.peers.live]).toEqual([0, 0]);
  });

  it('a token of the wrong kind is refused with the official code', async () => {
    const page = (await bench.agent()).page;
    const { token } = bench.core.issueToken(bench.core.createUser(), { scopes: ['voip'] });
    const refused = page.client().createTeamsCallAgent(new AzureCommunicationTokenCredential(token));
    await expect(page.soon(refused)).rejects.toMatchObject({
      name: 'CallingCommunicationError',
      code: 403,
      subCode: 40231,
    });
  });
});
