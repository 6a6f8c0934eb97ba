import { seededRandom, virtualClock, type VirtualClock } from 'onescreen/testing';
import { beforeEach, describe, expect, it } from 'vitest';
import { PictureForwarder, type PictureEvents, type PictureLine } from '../../../src/emulator/media/picture-forwarder';
import type { PicturePacket } from '../../../src/emulator/media/picture-packet';
import { key, packet } from './vp8';

let clock: VirtualClock;
let forwarder: PictureForwarder;

beforeEach(() => {
  clock = virtualClock();
  forwarder = new PictureForwarder(clock, seededRandom('pictures'));
});

/** A leg that keeps what it is sent and asked for. */
class TestLeg implements PictureLine {
  readonly slots = 3;
  readonly shown: { slot: number; packet: PicturePacket }[] = [];
  readonly asked: ('camera' | 'screen')[] = [];
  readonly events: PictureEvents;
  #next = 1;

  constructor(id: string) {
    this.events = forwarder.connect(id, this);
  }

  send(slot: number, one: PicturePacket): void {
    this.shown.push({ slot, packet: one });
  }

  askKeyFrame(kind: 'camera' | 'screen'): void {
    this.asked.push(kind);
  }

  /** Sends frames, one each 20 ms, the first one a key frame if it was asked for one. */
  async film(count: number, kind: 'camera' | 'screen' = 'camera', stream = 1): Promise<void> {
    for (let index = 0; index < count; index++) {
      const wanted = this.asked.length > this.#answered;
      this.#answered = this.asked.length;
      this.events.received(kind, (wanted ? key : packet)(this.#next++, { stream }));
      await clock.advance(20);
    }
  }
  #answered = 0;

  /** Slots in which something came, since the last time. */
  seen(): readonly number[] {
    return [...new Set(this.shown.splice(0).map(({ slot }) => slot))];
  }
}

describe('pictures', () => {
  it('reach who sees them, in the slots that the table says, and nobody else', async () => {
    const [ada, bob, cleo] = [new TestLeg('ada'), new TestLeg('bob'), new TestLeg('cleo')];
    forwarder.see('bob', [{ leg: 'ada', kind: 'camera' }]);
    forwarder.see('cleo', [undefined, undefined, { leg: 'ada', kind: 'camera' }]);
    await ada.film(5);
    expect([ada.seen(), bob.seen(), cleo.seen()]).toEqual([[], [0], [2]]);
    await ada.film(5, 'screen', 2);
    expect([bob.seen(), cleo.seen()]).toEqual([[], []]);
    forwarder.see('bob', []);
    await ada.film(5);
    expect([bob.seen(), cleo.seen()]).toEqual([[], [2]]);
  });

  it('are not shown to who sends them', async () => {
    const ada = new TestLeg('ada');
    forwarder.see('ada', [{ leg: 'ada', kind: 'camera' }]);
    await ada.film(3);
    expect([ada.seen(), ada.asked]).toEqual([[], []]);
  });

  it('share what they carry between receivers, and nothing of their way', async () => {
    const [ada, bob, cleo] = [new TestLeg('ada'), new TestLeg('bob'), new TestLeg('cleo')];
    for (const leg of ['bob', 'cleo']) forwarder.see(leg, [{ leg: 'ada', kind: 'camera' }]);
    await ada.film(3);
    const numbers = [bob, cleo].map(({ shown }) => shown.map((one) => one.packet.sequenceNumber));
    expect(numbers[0]).not.toEqual(numbers[1]);
    for (const list of numbers) expect(list.map((number) => (number - (list[0] ?? 0)) & 0xffff)).toEqual([0, 1, 2]);
    expect(bob.shown[0]?.packet.payload).toBe(cleo.shown[0]?.packet.payload);
  });

  it('begin with a key frame, which the source is asked for at once and again until it comes', async () => {
    const [ada, bob] = [new TestLeg('ada'), new TestLeg('bob')];
    forwarder.see('bob', [{ leg: 'ada', kind: 'camera' }]);
    expect(ada.asked).toEqual(['camera']);
    for (let number = 1; number <= 60; number++) {
      ada.events.received('camera', packet(number));
      await clock.advance(20);
    }
    // 1.2 seconds: at its start, and twice after half a second each.
    expect([bob.seen(), ada.asked.length]).toEqual([[], 3]);
    ada.events.received('camera', key(61));
    expect(bob.seen()).toEqual([0]);
    await clock.advance(600);
    ada.events.received('camera', packet(62));
    expect(ada.asked.length).toBe(3);
  });

  it('ask for nothing, and leave sources alone, while nobody sees them', async () => {
    const ada = new TestLeg('ada');
    await ada.film(100);
    expect(ada.asked).toEqual([]);
  });

  it('ask once for many who begin to see, with the first packet after half a second for the later ones', async () => {
    const ada = new TestLeg('ada');
    const others = Array.from({ length: 8 }, (_, index) => new TestLeg(`other ${index}`));
    others.forEach((_, index) => forwarder.see(`other ${index}`, [{ leg: 'ada', kind: 'camera' }]));
    expect(ada.asked.length).toBe(1);
    await ada.film(5);
    expect(others.map((other) => other.seen())).toEqual(others.map(() => [0]));
    const late = new TestLeg('late');
    forwarder.see('late', [{ leg: 'ada', kind: 'camera' }]);
    await ada.film(30);
    expect([ada.asked.length, late.seen()]).toEqual([2, [0]]);
  });

  it("hand on a receiver's wish for a key frame, at most twice a second", async () => {
    const [ada, bob] = [new TestLeg('ada'), new TestLeg('bob')];
    forwarder.see('bob', [{ leg: 'ada', kind: 'camera' }]);
    await ada.film(100);
    expect(ada.asked.length).toBe(1);
    for (let times = 0; times < 100; times++) {
      bob.events.keyFrameWanted(0);
      bob.events.keyFrameWanted(1);
      await ada.film(1);
    }
    // Two seconds: at 0, 500, 1,000 and 1,500 ms.
    expect(ada.asked.length).toBe(1 + 4);
  });

  it('ask anew when a source begins again after a pause', async () => {
    const [ada, bob] = [new TestLeg('ada'), new TestLeg('bob')];
    forwarder.see('bob', [{ leg: 'ada', kind: 'camera' }]);
    await ada.film(5);
    await clock.advance(2_000);
    await ada.film(5);
    expect(ada.asked.length).toBe(2);
    expect(bob.shown.length).toBe(10);
  });

  it('go on without a gap when another is shown in the slot', async () => {
    const [ada, bob, cleo] = [new TestLeg('ada'), new TestLeg('bob'), new TestLeg('cleo')];
    forwarder.see('bob', [{ leg: 'ada', kind: 'camera' }]);
    await Promise.all([ada.film(5), cleo.film(5, 'camera', 3)]);
    forwarder.see('bob', [{ leg: 'cleo', kind: 'camera' }]);
    expect(cleo.asked).toEqual(['camera']);
    await cleo.film(5, 'camera', 3);
    const numbers = bob.shown.map((one) => one.packet.sequenceNumber);
    expect(numbers.map((number) => (number - (numbers[0] ?? 0)) & 0xffff)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
    const times = bob.shown.map((one) => one.packet.timestamp);
    expect(times.every((time, index) => index === 0 || ((time - (times[index - 1] ?? 0)) | 0) > 0)).toBe(true);
  });

  it('stay as they are for a slot that is told the same again', async () => {
    const [ada, bob] = [new TestLeg('ada'), new TestLeg('bob')];
    forwarder.see('bob', [{ leg: 'ada', kind: 'camera' }]);
    await ada.film(100);
    forwarder.see('bob', [
      { leg: 'ada', kind: 'camera' },
      { leg: 'ada', kind: 'screen' },
    ]);
    await ada.film(5);
    expect([ada.asked, bob.shown.length]).toEqual([['camera', 'screen'], 105]);
  });

  it('may be told of before those are there whom they are of or for', async () => {
    forwarder.see('bob', [{ leg: 'ada', kind: 'camera' }]);
    const bob = new TestLeg('bob');
    const ada = new TestLeg('ada');
    expect(ada.asked).toEqual(['camera']);
    await ada.film(3);
    expect(bob.seen()).toEqual([0]);
  });

  it('go on over new connections of source and receiver, and take nothing from the old ones', async () => {
    const [ada, bob] = [new TestLeg('ada'), new TestLeg('bob')];
    forwarder.see('bob', [{ leg: 'ada', kind: 'camera' }]);
    await ada.film(3);
    const [adaAgain, bobAgain] = [new TestLeg('ada'), new TestLeg('bob')];
    bob.seen();
    await adaAgain.film(3, 'camera', 9);
    expect([bob.seen(), bobAgain.seen()]).toEqual([[], [0]]);
    await ada.film(3);
    bob.events.keyFrameWanted(0);
    expect([bob.seen(), bobAgain.seen()]).toEqual([[], []]);
  });

  it('lose the share that an impaired leg loses, on either side', async () => {
    const [ada, bob, cleo] = [new TestLeg('ada'), new TestLeg('bob'), new TestLeg('cleo')];
    for (const leg of ['bob', 'cleo']) forwarder.see(leg, [{ leg: 'ada', kind: 'camera' }]);
    await ada.film(1);
    forwarder.impair('bob', { loss: 0.25 });
    await ada.film(1_000);
    expect(cleo.shown.length).toBe(1_001);
    expect(bob.shown.length).toBeGreaterThan(700);
    expect(bob.shown.length).toBeLessThan(800);
    // Twenty seconds: what was lost is made up for by key frames, two a second at most.
    expect(ada.asked.length).toBeGreaterThan(30);
    expect(ada.asked.length).toBeLessThanOrEqual(41);
    forwarder.impair('bob', undefined);
    forwarder.impair('ada', { loss: 0.25 });
    const before = cleo.shown.length;
    await ada.film(1_000);
    expect(cleo.shown.length - before).toBeLessThan(800);
    expect(cleo.shown.length - before).toBeGreaterThan(700);
  });

  it.each(['ada', 'bob'])('stop while %s is cut, and begin with a key frame once it is not', async (cut) => {
    const [ada, bob] = [new TestLeg('ada'), new TestLeg('bob')];
    forwarder.see('bob', [{ leg: 'ada', kind: 'camera' }]);
    await ada.film(5);
    bob.seen();
    forwarder.impair(cut, { cut: true });
    await ada.film(100);
    expect(bob.seen()).toEqual([]);
    const asked = ada.asked.length;
    forwarder.impair(cut, undefined);
    expect(ada.asked.length).toBe(asked + 1);
    await ada.film(3);
    expect(bob.shown[0]?.packet.payload).toBe(key(0).payload);
    expect(bob.seen()).toEqual([0]);
  });

  it('end with the leg, which takes what it saw with it', async () => {
    const [ada, bob] = [new TestLeg('ada'), new TestLeg('bob')];
    forwarder.see('bob', [{ leg: 'ada', kind: 'camera' }]);
    await ada.film(3);
    forwarder.disconnect('bob');
    await ada.film(3);
    expect(bob.shown.length).toBe(3);
    const bobAgain = new TestLeg('bob');
    await ada.film(3);
    expect(bobAgain.seen()).toEqual([]);
    forwarder.clear();
    forwarder.see('bob', [{ leg: 'ada', kind: 'camera' }]);
    await ada.film(3);
    expect(bobAgain.seen()).toEqual([]);
  });
});
