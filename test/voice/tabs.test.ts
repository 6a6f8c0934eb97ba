import { ContactCenterError } from 'onescreen';
import { describe, expect, it } from 'vitest';
import { tabSet, type Tab, type TabSet } from './tab-set';

async function inCall(set: TabSet, tab: Tab, name: string): Promise<void> {
  tab.phone.expect(set.expected(name));
  set.voice.ring({ correlationId: `offer-${name}` });
  await set.rest();
}

describe('a phone over several tabs', () => {
  it('opens the endpoint in the leading tab and in no other', async () => {
    const { voice, open, rest } = tabSet();
    const tabs = [open(), open(true), open()];
    await rest();
    expect(voice.opened).toBe(1);
    expect(tabs.map(({ phone }) => phone.state$.value.media)).toEqual(['other-tab', 'here', 'other-tab']);
    expect(tabs.map(({ phone }) => phone.state$.value.registration.status)).toEqual(Array(3).fill('registered'));
  });

  it('is nowhere, and registering, as long as no tab leads', async () => {
    const { voice, open, rest } = tabSet();
    const tab = open();
    await rest();
    expect(voice.opened).toBe(0);
    expect(tab.phone.state$.value).toMatchObject({ media: 'nowhere', registration: { status: 'registering' } });
  });

  it('shows a tab that joins later what the leading one shows', async () => {
    const set = tabSet();
    const leader = set.open(true);
    await set.rest();
    await inCall(set, leader, 'a');
    const late = set.open();
    await set.rest();
    expect(late.phone.state$.value).toEqual({ ...leader.phone.state$.value, media: 'other-tab' });
    expect(late.phone.native('channel-a')).toBeUndefined();
    expect(leader.phone.native('channel-a')).toEqual({ scripted: true });
  });

  it('tells the others once of many changes at one time', async () => {
    const set = tabSet();
    const leader = set.open(true);
    set.open();
    await set.rest();
    const before = leader.said.length;
    for (const name of ['One', 'Two', 'Three']) set.voice.setDevices({ microphones: [{ id: 'x', name }] });
    await set.rest();
    expect(leader.said.length - before).toBe(1);
  });

  it('lets every tab act: commands are carried out where the media is', async () => {
    const set = tabSet();
    const leader = set.open(true);
    const other = set.open();
    await set.rest();
    await inCall(set, leader, 'a');
    const { phone } = other;
    await phone.mute('channel-a');
    expect(other.call('channel-a')?.muted).toBe(true);
    await phone.unmute('channel-a');
    await phone.hold('channel-a');
    await phone.resume('channel-a');
    await phone.sendDtmf('channel-a', '12#');
    await phone.addParticipant('channel-a', { agent: 'bob' });
    await phone.removeParticipant('channel-a', 'p1');
    await phone.selectMicrophone('headset');
    await phone.selectSpeaker('desk');
    await phone.unlockAudio();
    expect(await phone.askPermission()).toMatchObject({
      permission: 'granted',
      microphone: 'headset',
      speaker: 'desk',
    });
    expect((await phone.preflight()).network).toEqual({ ok: true });
    await phone.hangUp('channel-a');
    await phone.hangUp('channel-a');
    expect(set.voice.calls[0]?.asked).toEqual([
      'mute',
      'unmute',
      'hold',
      'resume',
      'tones 12#',
      'add',
      'remove p1',
      'hangUp',
    ]);
    expect(other.call('channel-a')?.status).toBe('ended');
  });

  it('brings typed errors back as they were', async () => {
    const set = tabSet();
    const leader = set.open(true);
    const other = set.open();
    await set.rest();
    await inCall(set, leader, 'a');
    const details = { retryable: true, provider: { name: 'scripted', code: 500, subCode: 7 } };
    set.voice.fail('hold', new ContactCenterError('call/hold-failed', 'unable to hold call; refused', details));
    await expect(other.phone.hold('channel-a')).rejects.toMatchObject({
      name: 'ContactCenterError',
      code: 'call/hold-failed',
      message: 'unable to hold call; refused',
      ...details,
    });
    await expect(other.phone.mute('channel-z')).rejects.toMatchObject({ code: 'call/gone' });
    set.voice.fail('mute', new TypeError('x is undefined'));
    await expect(other.phone.mute('channel-a')).rejects.toMatchObject({ code: 'command/failed' });
    await expect(leader.phone.mute('channel-z')).rejects.toMatchObject({ code: 'call/gone' });
  });

  it('rejects a command that gets no answer within 5 s', async () => {
    const set = tabSet();
    const leader = set.open(true);
    const other = set.open();
    await set.rest();
    await inCall(set, leader, 'a');
    leader.cutOff();
    const refused = expect(other.phone.mute('channel-a')).rejects.toMatchObject({
      code: 'command/timed-out',
      retryable: true,
    });
    await set.clock.advance(5_000);
    await refused;
  });

  it('gives a command that nobody has taken to the next leader', async () => {
    const set = tabSet();
    const gone = set.open(true);
    const other = set.open();
    const next = set.open();
    await set.rest();
    gone.cutOff();
    const asked = [other.phone.unlockAudio(), next.phone.selectMicrophone('headset')];
    await set.clock.advance(1_000);
    next.leading.set(true);
    await set.clock.advance(1_000);
    await Promise.all(asked);
    expect(next.phone.state$.value.devices.microphone).toBe('headset');
  });

  it('rejects a command that the tab that is gone had taken', async () => {
    const set = tabSet();
    const leader = set.open(true);
    const other = set.open();
    await set.rest();
    await inCall(set, leader, 'a');
    set.voice.slow('hold', 2_000);
    const waiting = [leader.phone.hold('channel-a'), other.phone.hold('channel-a')].map((held) =>
      expect(held).rejects.toMatchObject({ code: 'phone/leader-gone', retryable: true }),
    );
    await set.clock.advance(1_000);
    leader.leading.set(false);
    await Promise.all([set.rest(), ...waiting]);
  });

  it('tells calls that went with the old leader as ended, so that no card hangs', async () => {
    const set = tabSet();
    const leader = set.open(true);
    const next = set.open();
    await set.rest();
    await inCall(set, leader, 'a');
    leader.leading.set(false);
    next.leading.set(true);
    await set.clock.advance(1_000);
    const end = { outcome: 'abandoned', code: 'call/tab-closed', retryable: true };
    for (const tab of [leader, next]) expect(tab.call('channel-a')).toMatchObject({ status: 'ended', end });
    expect(next.phone.state$.value.media).toBe('here');
    expect(leader.phone.state$.value.media).toBe('other-tab');
    await inCall(set, next, 'b');
    expect(leader.call('channel-b')?.status).toBe('connected');
    next.cutOff();
    leader.leading.set(true);
    await set.clock.advance(1_000);
    expect(leader.call('channel-b')).toMatchObject({ status: 'ended', end });
  });

  it('never has two endpoints open: the new leader waits until the old one has closed its own', async () => {
    const set = tabSet();
    const leader = set.open(true);
    const next = set.open();
    await set.rest();
    set.voice.slow('close', 1_500);
    next.leading.set(true);
    leader.leading.set(false);
    await set.clock.advance(1_400);
    expect([set.voice.opened, set.voice.openNow]).toEqual([1, 1]);
    await set.clock.advance(200);
    expect([set.voice.opened, set.voice.openNow, set.voice.mostOpen]).toEqual([2, 1, 1]);
    next.leading.set(false);
    next.leading.set(true);
    await set.clock.advance(2_000);
    expect([set.voice.opened, set.voice.openNow, set.voice.mostOpen]).toEqual([3, 1, 1]);
    expect(next.phone.state$.value.media).toBe('here');
  });

  it('is back 200 ms after a leader that crashed', async () => {
    const set = tabSet();
    const leader = set.open(true);
    const next = set.open();
    await set.rest();
    leader.cutOff();
    next.leading.set(true);
    await set.clock.advance(200);
    expect(next.phone.state$.value).toMatchObject({ media: 'here', registration: { status: 'registered' } });
  });

  it('is back 800 ms after a leader whose page went before its endpoint had closed', async () => {
    const set = tabSet();
    const leader = set.open(true);
    const next = set.open();
    await set.rest();
    set.voice.slow('close', 60_000);
    leader.leading.set(false);
    leader.cutOff();
    next.leading.set(true);
    await set.clock.advance(700);
    expect(set.voice.opened).toBe(1);
    await set.clock.advance(100);
    expect(next.phone.state$.value).toMatchObject({ media: 'here', registration: { status: 'registered' } });
  });

  it('waits at most 5 s for one whose endpoint does not close', async () => {
    const set = tabSet();
    const leader = set.open(true);
    const next = set.open();
    await set.rest();
    set.voice.slow('close', 60_000);
    leader.leading.set(false);
    next.leading.set(true);
    await set.clock.advance(4_900);
    expect(set.voice.opened).toBe(1);
    await set.clock.advance(200);
    expect(next.phone.state$.value.media).toBe('here');
  });

  it('answers in the new leader what was expected before, when it rings again', async () => {
    const set = tabSet();
    const tabs = [set.open(true), set.open()] as const;
    await set.rest();
    for (const { phone } of tabs) phone.expect(set.expected('a'));
    tabs[0].leading.set(false);
    tabs[1].leading.set(true);
    await set.clock.advance(1_000);
    const ring = set.voice.ring({ correlationId: 'offer-a' });
    await set.rest();
    expect(ring.accepted).toBe(1);
    expect(tabs[0].call('channel-a')?.status).toBe('connected');
  });

  it('tells the other tabs of a large call by the one who has changed, and a new tab everything', async () => {
    const set = tabSet();
    const leader = set.open(true);
    const other = set.open();
    await set.rest();
    await inCall(set, leader, 'a');
    const quiet = { status: 'connected', muted: false, speaking: false, providerRefs: {} } as const;
    const all = Array.from({ length: 300 }, (_, index) => ({ id: `p-${index}`, ...quiet }));
    set.voice.calls[0]?.setParticipants(all);
    await set.rest();
    const before = other.phone.people$('channel-a').value;
    const [said, state] = [leader.said.length, other.phone.state$.value];
    const changed = { id: 'p-70', ...quiet, speaking: true };
    set.voice.calls[0]?.setParticipants(
      all.filter(({ id }) => id !== 'p-9').map((one) => (one.id === 'p-70' ? changed : one)),
    );
    await set.rest();
    expect(leader.said.slice(said)).toMatchObject([{ kind: 'people-changed', changed: [changed], gone: ['p-9'] }]);
    const now = other.phone.people$('channel-a').value;
    expect([now.length, now.get('p-70'), now.get('p-9')]).toEqual([299, changed, undefined]);
    expect(now.get('p-71')).toBe(before.get('p-71'));
    expect(other.phone.state$.value).toBe(state);
    const late = set.open();
    await set.rest();
    expect(late.phone.people$('channel-a').value.slice()).toEqual(now.slice());
    set.voice.calls[0]?.end();
    await set.rest();
    expect(late.phone.people$('channel-a').value).toHaveLength(299);
  });

  it('ignores what makes no sense, and what a tab of another version says', async () => {
    const set = tabSet();
    const tabs = [set.open(true), set.open()] as const;
    await set.rest();
    const before = tabs.map(({ phone }) => phone.state$.value);
    const state = { ...before[0], registration: { status: 'lost' } };
    const nonsense: readonly unknown[] = [
      undefined,
      null,
      7,
      'ask',
      [],
      { phone: 3 },
      { phone: 3, kind: 'state' },
      { phone: 3, kind: 'state', term: 'x', state: { registration: 'gone' } },
      { phone: 3, kind: 'state', term: 'x', state: { ...state, calls: [{}] } },
      { phone: 3, kind: 'command', id: 'x', command: { name: 'explode' } },
      { phone: 3, kind: 'command', id: 'x', command: { name: 'dial', request: {} } },
      { phone: 3, kind: 'failed', id: 'x', error: null },
      { phone: 3, kind: 'expect', call: { correlationId: 1 } },
      { phone: 3, kind: 'closed', term: 5 },
      { phone: 3, kind: 'people', term: 'x', channelId: 'channel-a', people: [{}] },
      { phone: 3, kind: 'people-changed', term: 'x', channelId: 'channel-a', changed: [] },
      { phone: 0, kind: 'state', term: 'x', state },
      { phone: 4, kind: 'state', term: 'x', state },
    ];
    for (const message of nonsense) set.shout(message);
    await set.rest();
    expect(tabs.map(({ phone }) => phone.state$.value)).toEqual(before);
    set.shout({ phone: 3, kind: 'state', term: 'x', state });
    await set.rest();
    expect(tabs[1].phone.state$.value.registration.status).toBe('lost');
  });

  it('is not led astray by the late word of a tab that led before', async () => {
    const set = tabSet();
    const before = set.clock.now();
    await set.clock.advance(10);
    const leader = set.open(true);
    const other = set.open();
    await set.rest();
    const state = { ...leader.phone.state$.value, registration: { status: 'lost' } };
    set.shout({ phone: 3, kind: 'state', term: `${before}-frozen`, state });
    await set.rest();
    expect(other.phone.state$.value.registration.status).toBe('registered');
    await inCall(set, leader, 'a');
    expect(other.call('channel-a')?.status).toBe('connected');
  });

  it('follows the leading tab again once another that took itself for it has noticed', async () => {
    const set = tabSet();
    const leader = set.open(true);
    const other = set.open();
    await set.rest();
    const state = { ...leader.phone.state$.value, registration: { status: 'lost' } };
    const term = `${set.clock.now()}-thawed`;
    for (const kind of ['state', 'closing', 'closed']) set.shout({ phone: 3, kind, term, state });
    await set.rest();
    expect(other.phone.state$.value).toEqual({ ...leader.phone.state$.value, media: 'other-tab' });
    await inCall(set, leader, 'a');
    expect(other.call('channel-a')?.status).toBe('connected');
  });

  it('says why the registration is lost, and leaves calls as they are', async () => {
    const set = tabSet();
    const leader = set.open(true);
    const other = set.open();
    await set.rest();
    await inCall(set, leader, 'a');
    const error = { code: 'call/network', message: 'unable to register; no network', retryable: true };
    set.voice.setRegistration({ status: 'lost', error });
    await set.rest();
    for (const tab of [leader, other]) {
      expect(tab.phone.state$.value.registration).toEqual({ status: 'lost', error });
      expect(tab.call('channel-a')?.status).toBe('connected');
    }
  });

  it('brings levels where the media is, only while somebody looks, and silence elsewhere', async () => {
    const set = tabSet();
    const leader = set.open(true);
    const other = set.open();
    await set.rest();
    const heard: unknown[] = [];
    const watching = [
      leader.phone.levels$('channel-a').subscribe((levels) => heard.push(levels)),
      leader.phone.microphoneLevel$.subscribe((level) => heard.push(level)),
      other.phone.levels$('channel-a').subscribe(() => heard.push('wrong tab')),
      other.phone.microphoneLevel$.subscribe(() => heard.push('wrong tab')),
    ];
    await inCall(set, leader, 'a');
    const levels = { self: 0.1, participants: { p: 0.7 } };
    set.voice.calls[0]?.setLevels(levels);
    set.voice.setMicrophoneLevel(0.4);
    await set.rest();
    expect(heard).toEqual([levels, 0.4]);
    expect([set.voice.calls[0]?.listeners, set.voice.microphoneWatched]).toEqual([1, true]);
    for (const one of watching) one.unsubscribe();
    expect([set.voice.calls[0]?.listeners, set.voice.microphoneWatched]).toEqual([0, false]);
  });
});

describe('closing a phone', () => {
  it('ends everything, rejects what is pending, and emits nothing any more', async () => {
    const set = tabSet();
    const tab = set.open(true);
    await set.rest();
    await inCall(set, tab, 'a');
    set.voice.slow('hold', 2_000);
    set.voice.slow('accept', 2_000);
    set.voice.slow('close', 300);
    const seen: unknown[] = [];
    let completed = 0;
    const complete = () => completed++;
    tab.phone.state$.subscribe({ next: (state) => seen.push(state), complete });
    tab.phone.levels$('channel-a').subscribe({ next: (levels) => seen.push(levels), complete });
    tab.phone.microphoneLevel$.subscribe({ next: (level) => seen.push(level), complete });
    const pending = expect(tab.phone.hold('channel-a')).rejects.toMatchObject({ code: 'session/closed' });
    tab.phone.expect(set.expected('b'));
    set.voice.ring({ correlationId: 'offer-b' });
    set.voice.ring();
    await set.clock.advance(100);
    const closing = tab.phone.close();
    expect(tab.phone.close()).toBe(closing);
    expect(tab.phone.state$.value).toMatchObject({ registration: { status: 'closed' }, media: 'nowhere' });
    expect(completed).toBe(3);
    const emitted = seen.length;
    await set.clock.advance(300);
    await Promise.all([closing, pending]);
    await expect(tab.phone.mute('channel-a')).rejects.toMatchObject({ code: 'session/closed' });
    tab.phone.expect(set.expected('c'));
    tab.phone.forget('offer-c');
    expect([seen.length, set.voice.openNow, set.voice.callsUp, set.clock.pending]).toEqual([emitted, 0, 0, 0]);
  });

  it('leaves nothing behind in a tab that follows, with commands under way', async () => {
    const set = tabSet();
    const leader = set.open(true);
    const other = set.open();
    await set.rest();
    set.voice.slow('preflight', 1_000);
    const pending = expect(other.phone.preflight()).rejects.toMatchObject({ code: 'session/closed' });
    await set.clock.advance(100);
    await Promise.all([other.phone.close(), pending]);
    const closed = other.phone.state$.value;
    await set.clock.advance(1_000);
    expect(other.phone.state$.value).toBe(closed);
    await leader.phone.close();
    expect([set.voice.openNow, set.clock.pending]).toEqual([0, 0]);
  });

  it('does not wait for ever for a voice service that does not close', async () => {
    const set = tabSet();
    const tab = set.open(true);
    await set.rest();
    set.voice.slow('close', 3_600_000);
    const closing = tab.phone.close();
    await set.clock.advance(5_000);
    await closing;
    expect(tab.phone.state$.value.registration.status).toBe('closed');
  });
});
