import { ContactCenterError } from 'onescreen';
import { describe, expect, it } from 'vitest';
import { tabSet } from './tab-set';

describe('expected calls', () => {
  it('answers the call that carries the correlation id, at once and once', async () => {
    const { voice, open, expected, rest } = tabSet();
    const tab = open(true);
    await rest();
    tab.phone.expect(expected('a'));
    const ring = voice.ring({ correlationId: 'offer-a' });
    tab.phone.expect(expected('a'));
    await rest();
    tab.phone.expect(expected('a'));
    await rest();
    expect(ring.accepted).toBe(1);
    expect(ring.muted).toBe(false);
    expect(tab.call('channel-a')).toMatchObject({ status: 'connected', direction: 'in' });
  });

  it('shows that the call is coming about while it is being answered', async () => {
    const { clock, voice, open, expected, rest } = tabSet();
    const tab = open(true);
    await rest();
    voice.slow('accept', 3_000);
    tab.phone.expect(expected('a'));
    voice.ring({ correlationId: 'offer-a' });
    await rest();
    const coming = tab.call('channel-a');
    expect(coming?.status).toBe('connecting');
    await clock.advance(3_000);
    expect(tab.call('channel-a')).toMatchObject({ id: coming?.id, status: 'connected', connectedAt: clock.now() });
  });

  it('answers muted where that was asked for, in whichever tab', async () => {
    const { voice, open, expected, rest } = tabSet();
    const leader = open(true);
    const follower = open();
    await rest();
    const call = expected('a');
    leader.phone.expect(call);
    follower.phone.expect({ ...call, muted: true });
    await rest();
    const ring = voice.ring({ correlationId: 'offer-a' });
    await rest();
    expect(ring.muted).toBe(true);
    expect(follower.call('channel-a')?.muted).toBe(true);
  });

  it('knows a call by an id that was pushed, also when the id comes later', async () => {
    const { clock, voice, open, expected, rest } = tabSet();
    const tab = open(true);
    await rest();
    tab.phone.expect(expected('a', { callIds: ['server-1'] }));
    tab.phone.expect(expected('b'));
    const first = voice.ring({ callIds: ['server-1'] });
    await rest();
    expect(first.accepted).toBe(1);
    tab.phone.expect(expected('c'));
    const second = voice.ring({ callIds: ['server-2'], correlationId: 'mangled' });
    await clock.advance(1_000);
    expect(second.accepted).toBe(0);
    first.call?.end();
    tab.phone.expect(expected('c', { callIds: ['server-2'] }));
    await rest();
    expect(second.accepted).toBe(1);
    expect(tab.call('channel-c')?.status).toBe('connected');
  });

  it('takes a call without any sign for the only one that is expected', async () => {
    const { voice, open, expected, rest } = tabSet();
    const tab = open(true);
    await rest();
    tab.phone.expect(expected('a'));
    const ring = voice.ring();
    await rest();
    expect(ring.accepted).toBe(1);
    expect(tab.call('channel-a')?.status).toBe('connected');
  });

  it('guesses nothing when two calls are expected, when two ring, or when the call names another', async () => {
    const two = tabSet();
    const tab = two.open(true);
    await two.rest();
    tab.phone.expect(two.expected('a'));
    tab.phone.expect(two.expected('b'));
    const ambiguous = two.voice.ring();
    await two.clock.advance(6_000);
    expect(ambiguous).toMatchObject({ accepted: 0, rejected: 0 });

    const pair = tabSet();
    const other = pair.open(true);
    await pair.rest();
    const rings = [pair.voice.ring(), pair.voice.ring(), pair.voice.ring({ correlationId: 'somebody-else' })];
    other.phone.expect(pair.expected('a'));
    await pair.clock.advance(6_000);
    expect(rings.map(({ accepted, rejected }) => accepted + rejected)).toEqual([0, 0, 0]);
    expect(other.phone.state$.value.calls).toEqual([]);
  });

  it('guesses only once: the next call without any sign is left alone', async () => {
    const { voice, open, expected, rest } = tabSet();
    const tab = open(true);
    await rest();
    tab.phone.expect(expected('a'));
    voice.ring();
    await rest();
    voice.calls[0]?.end();
    const own = voice.ring();
    await rest();
    expect(voice.calls).toHaveLength(1);
    expect(own).toMatchObject({ accepted: 0, rejected: 0 });
  });

  it('lets a call that comes before its word wait 5 s for it, and then leaves it alone', async () => {
    const { clock, voice, open, expected, rest } = tabSet();
    const tab = open(true);
    await rest();
    const early = voice.ring({ correlationId: 'offer-a' });
    await clock.advance(4_999);
    tab.phone.expect(expected('a'));
    await rest();
    expect(early.accepted).toBe(1);
    const unheard = voice.ring({ correlationId: 'offer-b' });
    await clock.advance(5_000);
    tab.phone.expect(expected('b'));
    await rest();
    expect(unheard).toMatchObject({ accepted: 0, rejected: 0 });
  });

  it('turns rings of forgotten and of expired calls away', async () => {
    const { clock, voice, open, expected, rest } = tabSet();
    const tab = open(true);
    await rest();
    tab.phone.expect(expected('a'));
    tab.phone.expect(expected('b'));
    tab.phone.forget('offer-a');
    const forgotten = voice.ring({ correlationId: 'offer-a' });
    const waiting = voice.ring({ correlationId: 'offer-c' });
    tab.phone.forget('offer-c');
    await clock.advance(20_001);
    const expired = voice.ring({ correlationId: 'offer-b' });
    await rest();
    expect([forgotten, waiting, expired].map(({ accepted, rejected }) => [accepted, rejected])).toEqual([
      [0, 1],
      [0, 1],
      [0, 1],
    ]);
    expect(tab.phone.state$.value.calls).toEqual([]);
  });

  it('turns a ring away that is forgotten while the call before is being put on hold', async () => {
    const { clock, voice, open, expected, rest } = tabSet();
    const tab = open(true);
    await rest();
    voice.slow('accept', 1_000);
    tab.phone.expect(expected('a'));
    tab.phone.expect(expected('b'));
    voice.ring({ correlationId: 'offer-a' });
    const second = voice.ring({ correlationId: 'offer-b' });
    await rest();
    tab.phone.forget('offer-b');
    await clock.advance(5_000);
    expect(second).toMatchObject({ accepted: 0, rejected: 1 });
    expect(tab.call('channel-b')).toMatchObject({ status: 'ended', end: { code: 'call/gone' } });
    expect(tab.call('channel-a')?.status).toBe('connected');
  });

  it('shows a call that ended before it was answered with that end, and no fault', async () => {
    const { clock, voice, open, expected, rest } = tabSet();
    const tab = open(true);
    await rest();
    const end = {
      outcome: 'accepted-elsewhere',
      code: 'call/elsewhere',
      retryable: false,
      message: 'elsewhere',
    } as const;
    const early = voice.ring({ correlationId: 'offer-a' });
    early.end(end);
    await rest();
    tab.phone.expect(expected('a'));
    await rest();
    expect(tab.call('channel-a')).toMatchObject({ status: 'ended', end });
    voice.slow('accept', 2_000);
    tab.phone.expect(expected('b'));
    const slow = voice.ring({ correlationId: 'offer-b' });
    await clock.advance(1_000);
    slow.end(end);
    await rest();
    expect(tab.call('channel-b')).toMatchObject({ status: 'ended', end });
    expect([early.accepted, slow.accepted]).toEqual([0, 1]);
    await clock.advance(2_000);
    expect(voice.callsUp).toBe(0);
  });

  it('takes an answer that comes too late quietly, and a fault as the end of the call', async () => {
    const { voice, open, expected, rest } = tabSet();
    const tab = open(true);
    await rest();
    voice.fail('accept', new ContactCenterError('call/gone', 'unable to accept call; it has ended'));
    tab.phone.expect(expected('a'));
    const late = voice.ring({ correlationId: 'offer-a' });
    await rest();
    expect(tab.call('channel-a')).toMatchObject({ status: 'ended', end: { outcome: 'cancelled', code: 'call/gone' } });
    late.end();
    await rest();
    expect(tab.call('channel-a')?.end?.code).toBe('call/cancelled');
    voice.fail('accept', new ContactCenterError('call/network', 'unable to accept call; no way', { retryable: true }));
    tab.phone.expect(expected('b'));
    voice.ring({ correlationId: 'offer-b' });
    await rest();
    expect(tab.call('channel-b')?.end).toMatchObject({ outcome: 'failed', code: 'call/network', retryable: true });
  });

  it('answers a second try of the same call when the first one came to nothing', async () => {
    const { voice, open, expected, rest } = tabSet();
    const tab = open(true);
    await rest();
    tab.phone.expect(expected('a'));
    voice.fail('accept', new ContactCenterError('call/network', 'unable to accept call; no way'));
    voice.ring({ correlationId: 'offer-a' });
    await rest();
    const again = voice.ring({ correlationId: 'offer-a' });
    await rest();
    const twin = voice.ring({ correlationId: 'offer-a' });
    await rest();
    expect([again.accepted, twin.accepted, twin.rejected]).toEqual([1, 0, 0]);
    expect(tab.call('channel-a')?.status).toBe('connected');
  });

  it('gives up on a voice service that never answers', async () => {
    const { clock, voice, open, expected, rest } = tabSet();
    const tab = open(true);
    await rest();
    voice.slow('accept', 60_000);
    tab.phone.expect(expected('a'));
    voice.ring({ correlationId: 'offer-a' });
    await clock.advance(20_000);
    expect(tab.call('channel-a')?.end).toMatchObject({ code: 'command/timed-out', retryable: true });
    await clock.advance(40_000);
    expect(voice.callsUp).toBe(0);
    expect(tab.call('channel-a')?.status).toBe('ended');
  });
});
