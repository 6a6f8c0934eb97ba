import { seededRandom } from 'onescreen/testing';
import { beforeEach, describe, expect, test } from 'vitest';
import { AudioMixer } from '../../../src/emulator/media/audio-mixer';
import { silence, type Frame } from '../../../src/emulator/media/frame';
import { flat, loudness, valueOf } from './frames';

interface Page {
  microphone: Frame | undefined;
  readonly heard: Frame[];
  readonly indexes: number[];
}

let mixer: AudioMixer;
beforeEach(() => {
  mixer = new AudioMixer(seededRandom('mixer'));
});

function page(leg: string, value?: number): Page {
  const made: Page = { microphone: value === undefined ? undefined : flat(value), heard: [], indexes: [] };
  mixer.connect(leg, {
    take: () => made.microphone,
    send(frame, index) {
      made.heard.push(frame);
      made.indexes.push(index);
    },
  });
  return made;
}

function advance(frames: number): void {
  for (let frame = 0; frame < frames; frame++) mixer.advance();
}

const last = (one: Page) => valueOf(one.heard.at(-1) ?? silence);

describe('who hears whom', () => {
  test('is nobody until it is said', () => {
    page('ada', 100);
    const bob = page('bob', 200);
    advance(1);
    expect(bob.heard).toEqual([silence]);
  });

  test('is the sum of the sources in the table, each once, without the listener itself', () => {
    const ada = page('ada', 100);
    const bob = page('bob', 20);
    const cleo = page('cleo', 3);
    mixer.hear('ada', ['ada', 'bob', 'cleo', 'bob', 'nobody']);
    mixer.hear('bob', ['cleo']);
    advance(1);
    expect([last(ada), last(bob), last(cleo)]).toEqual([23, 3, 0]);
  });

  test('changes from the next frame on: hold, resume, isolation', () => {
    const ada = page('ada', 100);
    page('bob', 20);
    page('cleo', 3);
    mixer.hear('ada', ['bob', 'cleo']);
    advance(1);
    mixer.hear('ada', []);
    advance(1);
    mixer.hear('ada', ['cleo']);
    advance(1);
    expect(ada.heard.map(valueOf)).toEqual([23, 0, 3]);
  });

  test('is kept when a leg connects anew, and forgotten when it has gone, with its impairment', () => {
    page('ada', 100);
    page('bob', 20);
    mixer.hear('ada', ['bob']);
    let ada = page('ada', 100);
    advance(1);
    expect(last(ada)).toBe(20);
    mixer.impair('ada', { cut: true });
    mixer.disconnect('ada');
    ada = page('ada', 100);
    advance(1);
    expect(ada.heard).toEqual([silence]);
  });

  test('has silence where a microphone sends nothing', () => {
    const ada = page('ada');
    const bob = page('bob', 20);
    mixer.hear('ada', ['bob']);
    mixer.hear('bob', ['ada']);
    bob.microphone = undefined;
    advance(1);
    expect([last(ada), last(bob)]).toEqual([0, 0]);
  });

  test('cuts off what becomes too loud', () => {
    const ada = page('ada');
    const bob = page('bob', 30_000);
    page('cleo', 20_000);
    mixer.hear('ada', ['bob', 'cleo']);
    advance(1);
    expect(last(ada)).toBe(32_767);
    bob.microphone = flat(-30_000);
    page('cleo', -20_000);
    advance(1);
    expect(last(ada)).toBe(-32_768);
  });
});

describe('sounds', () => {
  test('are heard until they are ended', () => {
    const ada = page('ada');
    mixer.hear('ada', ['music']);
    mixer.sound('music', { kind: 'music' });
    advance(10);
    expect(loudness(ada.heard.at(-1) ?? silence)).toBeGreaterThan(100);
    mixer.sound('music', undefined);
    advance(1);
    expect(last(ada)).toBe(0);
  });

  test('go on when the same is asked for again, and begin anew when another is', () => {
    const [ada, bob] = [page('ada'), page('bob')];
    mixer.hear('ada', ['one']);
    mixer.hear('bob', ['other']);
    for (const source of ['one', 'other']) mixer.sound(source, { kind: 'speech', seed: 1 });
    advance(20);
    mixer.sound('one', { kind: 'speech', seed: 1 });
    advance(20);
    expect(ada.heard).toEqual(bob.heard);
    mixer.sound('one', { kind: 'speech', seed: 2 });
    advance(20);
    expect(ada.heard).not.toEqual(bob.heard);
  });

  test('are heard once more when they are tones that end', () => {
    const ada = page('ada');
    mixer.hear('ada', ['dial']);
    const dial = () => mixer.sound('dial', { kind: 'tone', frequency: 697, durationMs: 40 });
    dial();
    advance(3);
    dial();
    advance(3);
    expect(ada.heard.map((frame) => frame === silence)).toEqual([false, false, true, false, false, true]);
  });
});

describe('levels', () => {
  test('are those of the last 200 ms, whether anybody hears or not', () => {
    page('bob', 3_277);
    page('cleo', 0);
    advance(10);
    // 20 dB below full scale, of 60.
    expect(mixer.level('bob')).toBeCloseTo(2 / 3, 3);
    expect(mixer.level('cleo')).toBe(0);
    expect(mixer.level('nobody')).toBe(0);
    page('bob');
    advance(9);
    expect(mixer.level('bob')).toBeCloseTo(0.5, 2);
    advance(1);
    expect(mixer.level('bob')).toBe(0);
  });

  test('of sounds end with them, and with the last leg', () => {
    page('ada');
    mixer.sound('music', { kind: 'music' });
    mixer.sound('tone', { kind: 'tone', frequency: 440 });
    advance(10);
    expect(mixer.level('tone')).toBeGreaterThan(0.5);
    mixer.sound('tone', undefined);
    expect(mixer.level('tone')).toBe(0);
    expect(mixer.level('music')).toBeGreaterThan(0);
    mixer.disconnect('ada');
    expect(mixer.level('music')).toBe(0);
  });
});

describe('an impaired leg', () => {
  test('is cut off both ways, and its level is 0', () => {
    const ada = page('ada', 100);
    const bob = page('bob', 20);
    mixer.hear('ada', ['bob']);
    mixer.hear('bob', ['ada']);
    mixer.impair('ada', { cut: true });
    advance(10);
    expect(ada.heard).toEqual([]);
    expect(last(bob)).toBe(0);
    expect(mixer.level('ada')).toBe(0);
    mixer.impair('ada', undefined);
    advance(1);
    expect([last(ada), last(bob)]).toEqual([20, 100]);
    // The page sees by the numbers what it has missed.
    expect(ada.indexes).toEqual([10]);
  });

  test('loses the share that was said, the same with the same seed, and nobody else loses', () => {
    const lost = () => {
      mixer = new AudioMixer(seededRandom('loss'));
      const [ada, bob] = [page('ada', 100), page('bob', 20)];
      mixer.hear('bob', ['ada']);
      mixer.impair('ada', { loss: 0.3 });
      advance(1_000);
      return { ada, bob };
    };
    const { ada, bob } = lost();
    expect(ada.indexes.length).toBeGreaterThan(650);
    expect(ada.indexes.length).toBeLessThan(750);
    const silent = bob.heard.filter((frame) => frame === silence).length;
    expect(silent).toBeGreaterThan(250);
    expect(silent).toBeLessThan(350);
    expect(bob.indexes).toEqual(Array.from({ length: 1_000 }, (_, index) => index));
    expect(lost().ada.indexes).toEqual(ada.indexes);
  });

  test('is late both ways by what was said, and on time again', () => {
    const ada = page('ada', 100);
    const bob = page('bob', 20);
    mixer.hear('ada', ['bob']);
    mixer.hear('bob', ['ada']);
    mixer.impair('ada', { delayMs: 60 });
    advance(5);
    expect(bob.heard.map(valueOf)).toEqual([0, 0, 0, 100, 100]);
    expect(ada.indexes).toEqual([0, 1]);
    mixer.impair('ada', undefined);
    advance(2);
    expect(ada.indexes).toEqual([0, 1, 5, 6]);
  });
});
