import { ContactCenterError, type DialRequest } from 'onescreen';
import { describe, expect, it } from 'vitest';
import { tabSet, type Tab, type TabSet } from './tab-set';

async function inCall(set: TabSet, tab: Tab, name: string): Promise<void> {
  tab.phone.expect(set.expected(name));
  set.voice.ring({ correlationId: `offer-${name}` });
  await set.rest();
}

const dialling = (name: string): DialRequest => ({
  channelId: `channel-${name}`,
  conversationId: `conversation-${name}`,
  correlationId: `dial-${name}`,
  to: { phone: '+15550100' },
  onBehalfOf: 'ra-1',
});

describe('one active call', () => {
  it('holds the call before when another is answered, dialled or resumed', async () => {
    const set = tabSet();
    const tab = set.open(true);
    await set.rest();
    await inCall(set, tab, 'a');
    await inCall(set, tab, 'b');
    const statuses = () => ['a', 'b', 'c'].map((name) => tab.call(`channel-${name}`)?.status);
    expect(statuses()).toEqual(['held', 'connected', undefined]);
    await tab.phone.dial(dialling('c'));
    set.voice.calls[2]?.change({ status: 'connected' });
    expect(statuses()).toEqual(['held', 'held', 'connected']);
    expect(set.voice.calls[2]).toMatchObject({
      to: { phone: '+15550100' },
      options: { correlationId: 'dial-c', onBehalfOf: 'ra-1', muted: false },
    });
    await tab.phone.resume('channel-a');
    expect(statuses()).toEqual(['connected', 'held', 'held']);
  });

  it('never has two active when two ring at once', async () => {
    const set = tabSet();
    const tab = set.open(true);
    await set.rest();
    set.voice.slow('accept', 500);
    set.voice.slow('hold', 500);
    for (const name of ['a', 'b']) {
      tab.phone.expect(set.expected(name));
      set.voice.ring({ correlationId: `offer-${name}` });
    }
    await set.clock.advance(5_000);
    expect(['a', 'b'].map((name) => tab.call(`channel-${name}`)?.status)).toEqual(['held', 'connected']);
  });

  it('turns the second call away when the first cannot be held, and says why', async () => {
    const set = tabSet();
    const tab = set.open(true);
    await set.rest();
    await inCall(set, tab, 'a');
    set.voice.fail(
      'hold',
      new ContactCenterError('call/hold-failed', 'unable to hold call; refused', { retryable: true }),
    );
    tab.phone.expect(set.expected('b'));
    const ring = set.voice.ring({ correlationId: 'offer-b' });
    await set.rest();
    expect(ring).toMatchObject({ accepted: 0, rejected: 1 });
    expect(tab.call('channel-b')?.end).toMatchObject({ outcome: 'failed', code: 'call/hold-failed', retryable: true });
    expect(tab.call('channel-a')?.status).toBe('connected');
  });

  it('does not wait for ever for a hold', async () => {
    const set = tabSet();
    const tab = set.open(true);
    await set.rest();
    await inCall(set, tab, 'a');
    set.voice.slow('hold', 60_000);
    const dialled = tab.phone.dial(dialling('b'));
    const refused = expect(dialled).rejects.toMatchObject({ code: 'command/timed-out', retryable: true });
    await set.clock.advance(5_000);
    await refused;
    expect(set.voice.calls).toHaveLength(1);
  });

  it('does not wait for ever for a resumed call, and holds one that comes too late', async () => {
    const set = tabSet();
    const tab = set.open(true);
    await set.rest();
    await inCall(set, tab, 'a');
    await inCall(set, tab, 'b');
    set.voice.slow('resume', 30_000);
    const resumed = expect(tab.phone.resume('channel-a')).rejects.toMatchObject({ code: 'command/timed-out' });
    await set.clock.advance(5_000);
    await resumed;
    await inCall(set, tab, 'c');
    const statuses = () => ['a', 'b', 'c'].map((name) => tab.call(`channel-${name}`)?.status);
    expect(statuses()).toEqual(['held', 'held', 'connected']);
    await set.clock.advance(26_000);
    expect(statuses()).toEqual(['held', 'held', 'connected']);
    expect(set.voice.calls[0]?.asked.slice(-2)).toEqual(['resume', 'hold']);
  });

  it('is busy while a call is up that only the control plane can hold, unless it is held', async () => {
    const set = tabSet();
    const tab = set.open(true);
    await set.rest();
    await inCall(set, tab, 'a');
    set.voice.calls[0]?.setCapabilities({ hold: { supported: true, executor: 'controlPlane' } });
    await expect(tab.phone.dial(dialling('b'))).rejects.toMatchObject({ code: 'call/busy', retryable: true });
    await inCall(set, tab, 'c');
    expect(tab.call('channel-c')?.end).toMatchObject({ outcome: 'busy', code: 'call/busy' });
    expect(set.voice.calls[0]?.asked).toEqual([]);
    set.voice.calls[0]?.change({ status: 'held' });
    await tab.phone.dial(dialling('d'));
    expect(tab.call('channel-d')?.status).toBe('connecting');
  });

  it('leaves a call first when the same channel rings again', async () => {
    const set = tabSet();
    const tab = set.open(true);
    await set.rest();
    await tab.phone.dial(dialling('a'));
    set.voice.slow('hangUp', 500);
    tab.phone.expect(set.expected('a'));
    const ring = set.voice.ring({ correlationId: 'offer-a' });
    await set.clock.advance(400);
    expect([ring.accepted, set.voice.callsUp]).toEqual([0, 1]);
    await set.clock.advance(200);
    expect([ring.accepted, set.voice.callsUp]).toEqual([1, 1]);
    expect(tab.call('channel-a')).toMatchObject({ direction: 'in', status: 'connected' });
  });

  it('never holds an emergency call by itself', async () => {
    const set = tabSet();
    const tab = set.open(true);
    await set.rest();
    await inCall(set, tab, 'a');
    set.voice.calls[0]?.change({ emergency: true });
    await inCall(set, tab, 'b');
    expect(tab.call('channel-b')?.end?.code).toBe('call/busy');
    expect(set.voice.calls[0]?.asked).toEqual([]);
    expect(tab.call('channel-a')?.status).toBe('connected');
  });

  it('dials once however often it is asked, and not at all without registration', async () => {
    const set = tabSet();
    const tab = set.open(true);
    await set.rest();
    await Promise.all([tab.phone.dial(dialling('a')), tab.phone.dial(dialling('a'))]);
    expect(set.voice.calls).toHaveLength(1);
    set.voice.calls[0]?.end();
    set.voice.setRegistration({ status: 'lost' });
    await expect(tab.phone.dial(dialling('b'))).rejects.toMatchObject({ code: 'agent/unreachable', retryable: true });
  });

  it('shows a call of its own making as connecting, ringing and connected, muted as asked', async () => {
    const set = tabSet();
    const tab = set.open(true);
    await set.rest();
    await tab.phone.dial({ ...dialling('a'), muted: true });
    const id = tab.call('channel-a')?.id;
    expect(tab.call('channel-a')).toMatchObject({ direction: 'out', status: 'connecting', muted: true });
    set.voice.calls[0]?.change({ status: 'ringing' });
    expect(tab.call('channel-a')?.status).toBe('ringing');
    await set.clock.advance(1_000);
    set.voice.calls[0]?.change({ status: 'connected' });
    const connectedAt = set.clock.now();
    await set.clock.advance(1_000);
    set.voice.calls[0]?.end({ outcome: 'removed', code: 'call/removed', retryable: false, message: 'taken out' });
    expect(tab.call('channel-a')).toMatchObject({ id, connectedAt, status: 'ended', end: { outcome: 'removed' } });
  });

  it('keeps the snapshot of one call as it is while another changes, in every tab', async () => {
    const set = tabSet();
    const tab = set.open(true);
    const other = set.open();
    await set.rest();
    await inCall(set, tab, 'a');
    await inCall(set, tab, 'b');
    const before = [tab.call('channel-a'), other.call('channel-a')];
    const person = { id: 'p', status: 'connected', muted: false, speaking: false, providerRefs: {} } as const;
    set.voice.calls[1]?.setParticipants([person]);
    await set.rest();
    set.voice.calls[1]?.setParticipants([{ ...person, speaking: true }]);
    await set.rest();
    expect(tab.phone.people$('channel-b').value.get('p')?.speaking).toBe(true);
    expect(other.phone.people$('channel-b').value.get('p')?.speaking).toBe(true);
    set.voice.calls[1]?.end();
    await set.rest();
    expect(before.every((call) => call !== undefined)).toBe(true);
    expect(tab.call('channel-a')).toBe(before[0]);
    expect(other.call('channel-a')).toBe(before[1]);
    const state = tab.phone.state$.value;
    set.voice.setDevices({ microphone: 'microphone' });
    expect(tab.phone.state$.value).toBe(state);
  });

  it('keeps the 20 calls that ended last, and one for each channel', async () => {
    const set = tabSet();
    const tab = set.open(true);
    await set.rest();
    for (let index = 0; index < 23; index++) {
      await tab.phone.dial(dialling(String(index)));
      set.voice.calls[index]?.end();
    }
    expect(tab.phone.state$.value.calls.map((call) => call.channelId)).toEqual(
      Array.from({ length: 20 }, (_, index) => `channel-${index + 3}`),
    );
    const ended = tab.call('channel-9');
    await tab.phone.dial(dialling('9'));
    expect(tab.call('channel-9')?.id).not.toBe(ended?.id);
    expect(tab.phone.state$.value.calls).toHaveLength(20);
  });
});
