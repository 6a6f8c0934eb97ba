import { systemClock } from 'onescreen';
import { virtualClock } from 'onescreen/testing';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { MediaUnit } from '../../../src/emulator/calls/media-unit';
import { createMediaUnit } from '../../../src/emulator/media/create-media-unit';
import { connectPage, type NodePage, type SlotPacket } from './node-page';
import { keyFrame } from './vp8';

test('without werift says what to install', async () => {
  const load = () => Promise.reject(new Error('Cannot find package'));
  await expect(createMediaUnit({ clock: virtualClock(), load })).rejects.toMatchObject({
    code: 'emulator/media-missing',
    message: 'unable to carry audio; install werift 0.24.4 beside onescreen',
  });
});

describe('a media unit', () => {
  let unit: MediaUnit;
  const pages: NodePage[] = [];
  beforeEach(async () => {
    unit = await createMediaUnit({ clock: systemClock });
  });
  afterEach(async () => {
    await unit.closeAll();
    await Promise.all(pages.splice(0).map((page) => page.close()));
  });

  async function page(leg: string, options: { readonly pictures?: boolean } = {}): Promise<NodePage> {
    const connected = await connectPage((offer) => unit.open(leg, offer), options);
    pages.push(connected);
    return connected;
  }

  test('answers with an address of this machine alone', async () => {
    const { answer } = await page('ada');
    const candidates = answer.split('\r\n').filter((line) => line.startsWith('a=candidate:'));
    expect(candidates.map((line) => line.split(' ')[4])).toEqual(['127.0.0.1']);
    expect(answer).toContain('a=sendrecv');
    expect(answer).toMatch(/m=audio \d+ UDP\/TLS\/RTP\/SAVPF 0\r\n/);
  });

  test('sends what a leg hears in packets of 20 ms, numbered without a gap', async () => {
    const ada = await page('ada');
    unit.sound('tone', { kind: 'tone', frequency: 440 });
    unit.hear('ada', ['tone']);
    await expect.poll(() => ada.packets.length, { timeout: 10_000 }).toBeGreaterThan(20);
    const [first] = ada.packets;
    ada.packets.forEach(({ sequenceNumber, timestamp, bytes }, index) => {
      expect(sequenceNumber).toBe(((first?.sequenceNumber ?? NaN) + index) % 2 ** 16);
      expect(timestamp).toBe(((first?.timestamp ?? NaN) + 160 * index) % 2 ** 32);
      expect(bytes).toBe(160);
    });
    expect(ada.loudest(ada.packets.length)).toBeGreaterThan(7_000);
    expect(unit.level('tone')).toBeGreaterThan(0.5);
  });

  test('carries what one leg says to the other, and counts who is there', async () => {
    const [ada, bob] = await Promise.all([page('ada'), page('bob')]);
    unit.hear('bob', ['ada']);
    expect(unit.size).toBe(2);
    ada.say(5_000);
    await expect.poll(() => bob.loudest(5), { timeout: 10_000 }).toBeGreaterThan(4_500);
    expect(ada.loudest(5)).toBe(0);
    unit.close('ada');
    expect(unit.size).toBe(1);
    await expect.poll(() => bob.loudest(5), { timeout: 10_000 }).toBe(0);
    unit.close('nobody');
    expect(unit.size).toBe(1);
  });

  test('replaces the connection of a leg that is opened again', async () => {
    const old = await page('ada');
    const bob = await page('bob');
    unit.hear('bob', ['ada']);
    const ada = await page('ada');
    expect(unit.size).toBe(2);
    old.say(9_000);
    ada.say(5_000);
    await expect.poll(() => bob.loudest(5), { timeout: 10_000 }).toBeGreaterThan(4_500);
    expect(bob.loudest(5)).toBeLessThan(6_000);
  });

  test('lets the newest of two openings win', async () => {
    const opening: Promise<unknown>[] = [];
    const offered = (offer: string) => {
      const answer = unit.open('ada', offer);
      opening.push(
        answer.then(
          () => 'open',
          (error: unknown) => error,
        ),
      );
      return answer;
    };
    const outcomes = await Promise.allSettled([connectPage(offered), connectPage(offered)]);
    for (const outcome of outcomes) if (outcome.status === 'fulfilled') pages.push(outcome.value);
    expect(await Promise.all(opening)).toEqual([expect.objectContaining({ code: 'command/aborted' }), 'open']);
    expect(unit.size).toBe(1);
  });

  test('opens nothing that was closed before it stood', async () => {
    const outcome = connectPage((offer) => {
      const answer = unit.open('ada', offer);
      unit.close('ada');
      return answer;
    });
    await expect(outcome).rejects.toMatchObject({ code: 'command/aborted' });
    expect(unit.size).toBe(0);
  });

  const withPictures = { pictures: true };
  const isKey = ({ payload }: SlotPacket) => payload.equals(keyFrame);
  const contiguous = (packets: readonly SlotPacket[]) =>
    packets.every(({ sequenceNumber }, index) => {
      return sequenceNumber === ((packets[0]?.sequenceNumber ?? NaN) + index) % 2 ** 16;
    });

  test('forwards pictures to whom sees them, in their slots, from a key frame on, numbered without a gap', async () => {
    const [ada, bob, cleo] = await Promise.all(['ada', 'bob', 'cleo'].map((leg) => page(leg, withPictures)));
    unit.see('bob', [{ leg: 'ada', kind: 'camera' }]);
    unit.see('cleo', [undefined, { leg: 'ada', kind: 'camera' }, undefined, undefined, { leg: 'ada', kind: 'screen' }]);
    ada?.pictures.film('camera', 3);
    ada?.pictures.film('screen');
    await expect.poll(() => cleo?.pictures.slots[4]?.length, { timeout: 10_000 }).toBeGreaterThan(20);
    const [inBob, inCleo, screen] = [bob?.pictures.slots[0], cleo?.pictures.slots[1], cleo?.pictures.slots[4]];
    for (const packets of [inBob ?? [], inCleo ?? [], screen ?? []]) {
      expect(packets.length).toBeGreaterThan(20);
      expect(packets.slice(0, 1).every(isKey)).toBe(true);
      expect(contiguous(packets)).toBe(true);
    }
    const seen = (one?: NodePage) => one?.pictures.slots.map(({ length }) => length > 0);
    expect(seen(bob)).toEqual([true, false, false, false, false]);
    expect(seen(cleo)).toEqual([false, true, false, false, true]);
    expect(seen(ada)).toEqual([false, false, false, false, false]);
    // The line's own identification alone: the time of sending was another connection's.
    expect(new Set(inBob?.flatMap(({ extensions }) => extensions)).size).toBe(1);
  });

  test('shows another in a slot without a gap, and asks each source for a key frame', async () => {
    const [ada, bob, cleo] = await Promise.all(['ada', 'bob', 'cleo'].map((leg) => page(leg, withPictures)));
    ada?.pictures.film('camera');
    bob?.pictures.film('camera');
    unit.see('cleo', [{ leg: 'ada', kind: 'camera' }]);
    const slot = cleo?.pictures.slots[0] ?? [];
    await expect.poll(() => slot.length, { timeout: 10_000 }).toBeGreaterThan(10);
    unit.see('cleo', [{ leg: 'bob', kind: 'camera' }]);
    await expect.poll(() => slot.filter(isKey).length, { timeout: 10_000 }).toBe(2);
    const switched = slot.length;
    await expect.poll(() => slot.length, { timeout: 10_000 }).toBeGreaterThan(switched + 10);
    expect(contiguous(slot)).toBe(true);
    expect([ada?.pictures.asked.camera, bob?.pictures.asked.camera]).toEqual([1, 1]);
  });

  test("hands on a page's wish for a key frame, not more often than twice a second", async () => {
    const [ada, bob] = await Promise.all(['ada', 'bob'].map((leg) => page(leg, withPictures)));
    ada?.pictures.film('camera');
    unit.see('bob', [{ leg: 'ada', kind: 'camera' }]);
    const slot = bob?.pictures.slots[0] ?? [];
    await expect.poll(() => slot.length, { timeout: 10_000 }).toBeGreaterThan(30);
    for (let times = 0; times < 10; times++) await bob?.pictures.wantKeyFrame(0);
    await expect.poll(() => ada?.pictures.asked.camera, { timeout: 10_000 }).toBe(2);
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect(ada?.pictures.asked.camera).toBe(2);
    expect(slot.filter(isKey).length).toBe(2);
  });

  test('stops with the source, goes on with it, and loses what an impaired leg loses', async () => {
    const [ada, bob] = await Promise.all(['ada', 'bob'].map((leg) => page(leg, withPictures)));
    ada?.pictures.film('camera');
    unit.see('bob', [{ leg: 'ada', kind: 'camera' }]);
    const slot = bob?.pictures.slots[0] ?? [];
    await expect.poll(() => slot.length, { timeout: 10_000 }).toBeGreaterThan(10);
    ada?.pictures.stop('camera');
    await new Promise((resolve) => setTimeout(resolve, 100));
    const stopped = slot.length;
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect(slot.length).toBe(stopped);
    ada?.pictures.film('camera');
    await expect.poll(() => slot.length, { timeout: 10_000 }).toBeGreaterThan(stopped + 10);
    expect(contiguous(slot)).toBe(true);
    unit.impair('bob', { loss: 0.5 });
    const impaired = slot.length;
    await expect.poll(() => slot.length, { timeout: 10_000 }).toBeGreaterThan(impaired + 20);
    const [first, last] = [slot[impaired], slot.at(-1)];
    // Half of what was sent came: the numbers say how much that was.
    const sent = ((last?.sequenceNumber ?? 0) - (first?.sequenceNumber ?? 0)) & 0xffff;
    expect((slot.length - impaired) / sent).toBeLessThan(0.8);
    unit.impair('bob', { cut: true });
    await new Promise((resolve) => setTimeout(resolve, 100));
    const cut = slot.length;
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect(slot.length).toBe(cut);
    unit.impair('bob', undefined);
    await expect.poll(() => slot.slice(cut).filter(isKey).length, { timeout: 10_000 }).toBeGreaterThan(0);
  });

  test('carries the sound of a leg with pictures, and shows a leg without them nothing', async () => {
    const [ada, bob] = await Promise.all([page('ada', withPictures), page('bob')]);
    unit.hear('ada', ['bob']);
    unit.hear('bob', ['ada']);
    unit.see('bob', [{ leg: 'ada', kind: 'camera' }]);
    ada.pictures.film('camera');
    ada.say(5_000);
    bob.say(6_000);
    await expect.poll(() => bob.loudest(5), { timeout: 10_000 }).toBeGreaterThan(4_500);
    await expect.poll(() => ada.loudest(5), { timeout: 10_000 }).toBeGreaterThan(5_500);
  });

  test('leaves no socket open, and can be used again, after closeAll', async () => {
    await Promise.all([page('ada', withPictures), page('bob')]);
    expect(sockets()).toBeGreaterThan(0);
    await Promise.all([unit.closeAll(), ...pages.splice(0).map((one) => one.close())]);
    expect(unit.size).toBe(0);
    await expect.poll(sockets).toBe(0);
    await page('ada');
    expect(unit.size).toBe(1);
  });

  test('schedules nothing while there are no legs', async () => {
    const clock = virtualClock();
    const idle = await createMediaUnit({ clock });
    idle.sound('music', { kind: 'music' });
    expect(clock.pending).toBe(0);
    pages.push(await connectPage((offer) => idle.open('ada', offer)));
    expect(clock.pending).toBe(1);
    idle.close('ada');
    expect(clock.pending).toBe(0);
    await idle.closeAll();
  });

  const sockets = () => process.getActiveResourcesInfo().filter((name) => name.toLowerCase().startsWith('udp')).length;

  const sdp = (media: string, rest = 'a=ice-ufrag:a\r\na=ice-pwd:b\r\na=fingerprint:sha-256 00\r\n') =>
    `v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\n${media}${rest}`;
  const audio = 'm=audio 9 UDP/TLS/RTP/SAVPF 111 0\r\n';
  const keys = 'a=ice-ufrag:a\r\na=ice-pwd:b\r\na=fingerprint:sha-256 00\r\n';
  const video = (direction: string, codec = 'VP8') =>
    `m=video 9 UDP/TLS/RTP/SAVPF 96\r\na=${direction}\r\na=rtpmap:96 ${codec}/90000\r\n`;
  const meeting = (...lines: string[]) => sdp(`${audio}${keys}${lines.join('')}`, '');
  const [out, slot] = [video('sendonly'), video('recvonly')];

  test.each([
    ['what is no session description', 'hello', 'the offer is no session description'],
    ['nothing', '', 'the offer is no session description'],
    ['an offer of video alone', sdp('m=video 9 UDP/TLS/RTP/SAVPF 96\r\n'), 'the offer has no audio'],
    ['an offer without media', sdp(''), 'the offer has no audio'],
    ['audio that is turned off', sdp('m=audio 0 UDP/TLS/RTP/SAVPF 0\r\n'), 'the offer has no audio'],
    [
      'two lines',
      sdp(`${audio}m=video 9 UDP/TLS/RTP/SAVPF 96\r\n`),
      'the offer has more than one line of media and not the 8 of a meeting',
    ],
    [
      'a line too many',
      meeting(out, out, ...Array.from({ length: 6 }, () => slot)),
      'the offer has more than one line of media and not the 8 of a meeting',
    ],
    [
      'slots before the camera',
      meeting(slot, out, out, slot, slot, slot, slot),
      "line 2 of the offer's media is not sendonly",
    ],
    [
      'a slot that sends',
      meeting(out, out, slot, slot, slot, slot, video('sendrecv')),
      "line 8 of the offer's media is not recvonly",
    ],
    [
      'a second line of audio',
      meeting(out, out, slot, slot, slot, slot, audio),
      "line 8 of the offer's media is no video",
    ],
    [
      'a picture without VP8',
      meeting(out, video('sendonly', 'H264'), slot, slot, slot, slot, slot),
      "line 3 of the offer's media has no VP8",
    ],
    ['audio without PCMU', sdp('m=audio 9 UDP/TLS/RTP/SAVPF 111\r\n'), 'the offer has no PCMU'],
    ['an offer without keys', sdp(audio, 'a=ice-ufrag:a\r\na=ice-pwd:b\r\n'), 'the offer has no fingerprint'],
    ['an offer that makes no sense', sdp(audio), 'the offer cannot be answered'],
  ])('refuses %s', async (_, offer, why) => {
    await expect(unit.open('ada', offer)).rejects.toMatchObject({
      code: 'command/invalid',
      field: 'offer',
      message: `unable to open media; ${why}`,
    });
    expect(unit.size).toBe(0);
  });
});
