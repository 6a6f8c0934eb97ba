import { ContactCenterError, type SocketEvent } from 'onescreen';
import { inProcessSocket, virtualClock, type FrameServer } from 'onescreen/testing';
import { describe, expect, it } from 'vitest';

type Connect = Parameters<FrameServer['connect']>[0];

/** A server core that remembers its sessions and notes what it is told. */
function sessionServer() {
  const sessions = new Map<string, (frame: unknown) => void>();
  const received: unknown[] = [];
  const connects: (string | undefined)[] = [];
  let refusal: ContactCenterError | undefined;
  const server: FrameServer = {
    async connect({ session, send }: Connect) {
      connects.push(session);
      if (refusal !== undefined) throw refusal;
      const id = session !== undefined && sessions.has(session) ? session : `s${connects.length}`;
      sessions.set(id, send);
      if (id !== session) send(`snapshot ${id}`);
      return {
        session: id,
        recovered: id === session,
        receive: (frame) => void received.push(frame),
        disconnected: (reason) => void received.push(reason),
      };
    },
  };
  return {
    server,
    received,
    connects,
    sessions,
    push: (session: string, frame: unknown) => sessions.get(session)?.(frame),
    refuse: (error: ContactCenterError | undefined) => void (refusal = error),
  };
}

function linked() {
  const clock = virtualClock(0);
  const core = sessionServer();
  const socket = inProcessSocket(core.server, clock);
  const events: SocketEvent[] = [];
  const credentials = async () => ({ token: 'good' });
  const link = socket({ url: 'http://x', door: 'agents', credentials, receive: (event) => void events.push(event) });
  const heard = () =>
    events.splice(0).map((event) => {
      if (event.type === 'frame') return event.frame;
      return event.type === 'open' ? `open ${event.recovered ? 'recovered' : 'anew'}` : event.type;
    });
  return { clock, socket, link, heard, ...core };
}

describe('inProcessSocket', () => {
  it('opens before the first frame, and carries JSON copies in order', async () => {
    const { clock, link, heard, push, received } = linked();
    await clock.advance(0);
    const frame = { n: 1, gone: undefined };
    push('s1', frame);
    push('s1', { n: 2 });
    frame.n = 9;
    link.send({ n: 3, gone: undefined });
    expect(received).toEqual([]);
    await clock.advance(0);
    expect(heard()).toEqual(['open anew', 'snapshot s1', { n: 1 }, { n: 2 }]);
    expect(received).toEqual([{ n: 3 }]);
  });

  it('recovers what was missed while the link was down', async () => {
    const { clock, socket, link, heard, push, received } = linked();
    await clock.advance(0);
    push('s1', 'in flight');
    link.send('lost');
    socket.drop({ downMs: 5_000 });
    push('s1', 'missed');
    link.send('lost too');
    await clock.advance(4_999);
    expect(heard()).toEqual(['open anew', 'snapshot s1', 'down']);
    await clock.advance(1);
    expect(heard()).toEqual(['open recovered', 'in flight', 'missed']);
    expect(received).toEqual(['transport close']);
  });

  it('comes back to a snapshot when nothing is recovered, or the session is forgotten', async () => {
    const { clock, socket, heard, push, sessions, connects } = linked();
    await clock.advance(0);
    socket.drop({ recover: false });
    push('s1', 'never heard');
    await clock.advance(1_000);
    push('s1', 'never heard either');
    await clock.advance(0);
    expect(heard()).toEqual(['open anew', 'snapshot s1', 'down', 'open anew', 'snapshot s2']);
    socket.drop();
    push('s2', 'stale');
    sessions.clear();
    await clock.advance(1_000);
    expect(heard()).toEqual(['down', 'open anew', 'snapshot s3']);
    expect(connects).toEqual([undefined, undefined, 's2']);
  });

  it('stays down until it is restored', async () => {
    const { clock, socket, heard } = linked();
    await clock.advance(0);
    socket.drop({ downMs: Number.POSITIVE_INFINITY });
    await clock.advance(3_600_000);
    expect(heard()).toEqual(['open anew', 'snapshot s1', 'down']);
    socket.restore();
    await clock.advance(0);
    expect(heard()).toEqual(['open recovered']);
  });

  it('passes a refusal on for good, but tries again after one that may pass', async () => {
    const { clock, socket, heard, refuse, connects } = linked();
    await clock.advance(0);
    refuse(new ContactCenterError('session/unavailable', 'unable to connect; try later', { retryable: true }));
    socket.drop({ downMs: 0 });
    await clock.advance(10_000);
    expect(connects.length).toBeGreaterThan(3);
    refuse(new ContactCenterError('session/unauthorized', 'unable to connect; unknown'));
    await clock.advance(10_000);
    const tries = connects.length;
    await clock.advance(60_000);
    expect(connects).toHaveLength(tries);
    expect(heard()).toEqual(['open anew', 'snapshot s1', 'down', 'refused']);
    expect(clock.pending).toBe(0);
  });

  it('says nothing after close', async () => {
    const { clock, socket, link, heard, push, received } = linked();
    await clock.advance(0);
    heard();
    push('s1', 'on its way');
    link.close();
    socket.drop();
    await clock.advance(60_000);
    expect(heard()).toEqual([]);
    expect(received).toEqual(['client namespace disconnect']);
  });
});
