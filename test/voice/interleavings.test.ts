import * as fc from 'fast-check';
import { ContactCenterError } from 'onescreen';
import type { ScriptedRing } from 'onescreen/testing';
import { describe, expect, it } from 'vitest';
import { tabSet, type Tab } from './tab-set';

const tab = fc.nat(2);
const name = fc.constantFrom('a', 'b', 'c', 'd');
const ms = fc.constantFrom(0, 1, 150, 900, 2_500);

const step = fc.oneof(
  { weight: 3, arbitrary: fc.record({ do: fc.constant('expect' as const), name, muted: fc.boolean() }) },
  { weight: 4, arbitrary: fc.record({ do: fc.constant('expected-ring' as const), name }) },
  {
    weight: 4,
    arbitrary: fc.record({ do: fc.constant('ring' as const), name, sign: fc.constantFrom('header', 'id', 'none') }),
  },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('give-up' as const), ring: fc.nat(10) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('forget' as const), name }) },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constant('slow' as const),
      what: fc.constantFrom('accept', 'hold', 'resume', 'mute', 'hangUp', 'close'),
      ms,
    }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('fail' as const), what: fc.constantFrom('accept', 'hold') }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('lead' as const), tab }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('nobody-leads' as const) }) },
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constant('command' as const),
      tab,
      name,
      what: fc.constantFrom('dial', 'mute', 'hold', 'resume', 'hangUp', 'askPermission'),
    }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('other-side-ends' as const), call: fc.nat(10) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('close' as const), tab: fc.nat(1) }) },
  { weight: 4, arbitrary: fc.record({ do: fc.constant('wait' as const), ms }) },
);

describe('a phone under any interleaving', () => {
  it('answers each ring at most once, opens one endpoint at most, settles every command and leaves nothing open', async () => {
    let answered = 0;
    let changes = 0;
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 20, maxLength: 60 }), async (steps) => {
        const set = tabSet();
        const { clock, voice } = set;
        const tabs: readonly Tab[] = [set.open(true), set.open(), set.open()];
        const rings: ScriptedRing[] = [];
        const outcomes: Promise<string>[] = [];
        const closed = new Set<Tab>();
        await set.rest();

        const lead = (next: Tab | undefined) => {
          for (const one of tabs) if (one !== next) one.leading.set(false);
          if (next !== undefined && !closed.has(next)) next.leading.set(true);
        };
        const ask = ({ phone }: Tab, what: string, channel: string): Promise<unknown> => {
          const channelId = `channel-${channel}`;
          switch (what) {
            case 'dial':
              return phone.dial({
                channelId,
                conversationId: channel,
                correlationId: `dial-${channel}`,
                to: { agent: 'bob' },
              });
            case 'mute':
              return phone.mute(channelId);
            case 'hold':
              return phone.hold(channelId);
            case 'resume':
              return phone.resume(channelId);
            case 'hangUp':
              return phone.hangUp(channelId);
            default:
              return phone.askPermission();
          }
        };
        const hold = () => {
          for (const ring of rings) {
            expect(ring.accepted).toBeLessThanOrEqual(1);
            expect(ring.rejected).toBeLessThanOrEqual(1);
            expect(ring.accepted + ring.rejected).toBeLessThanOrEqual(1);
          }
          expect(voice.mostOpen).toBeLessThanOrEqual(1);
          const active = voice.calls.filter(({ state$ }) => !['held', 'ended'].includes(state$.value.status));
          expect(active.length).toBeLessThanOrEqual(1);
        };

        for (const one of steps) {
          switch (one.do) {
            case 'expect':
              for (const { phone } of tabs) phone.expect(set.expected(one.name, { callIds: [`id-${one.name}`] }));
              if (one.muted) tabs[1]?.phone.expect(set.expected(one.name, { muted: true }));
              break;
            case 'ring':
              rings.push(
                voice.ring({
                  ...(one.sign === 'header' && { correlationId: `offer-${one.name}` }),
                  ...(one.sign === 'id' && { callIds: [`id-${one.name}`] }),
                }),
              );
              break;
            case 'expected-ring':
              for (const { phone } of tabs) phone.expect(set.expected(one.name));
              rings.push(voice.ring({ correlationId: `offer-${one.name}` }));
              break;
            case 'give-up':
              rings[one.ring]?.end();
              break;
            case 'forget':
              for (const { phone } of tabs) phone.forget(`offer-${one.name}`);
              break;
            case 'slow':
              voice.slow(one.what, one.ms);
              break;
            case 'fail':
              voice.fail(one.what, new ContactCenterError('call/network', 'unable to do it; no network'));
              break;
            case 'lead':
              changes++;
              lead(tabs[one.tab]);
              break;
            case 'nobody-leads':
              lead(undefined);
              break;
            case 'command': {
              const asked = ask(tabs[one.tab]!, one.what, one.name);
              outcomes.push(
                asked.then(
                  () => 'done',
                  (error: unknown) =>
                    error instanceof ContactCenterError ? error.code : `no error of ours: ${String(error)}`,
                ),
              );
              break;
            }
            case 'other-side-ends':
              voice.calls[one.call]?.end();
              break;
            case 'close': {
              // The third tab stays to the end, so that there is always one that can lead.
              const leaving = tabs[one.tab]!;
              closed.add(leaving);
              void leaving.phone.close().then(() => leaving.leading.set(false));
              break;
            }
            case 'wait':
              await clock.advance(one.ms);
              break;
          }
          hold();
        }

        await clock.advance(3_000);
        hold();
        answered += voice.calls.length;
        const closing = Promise.all(tabs.map(({ phone }) => phone.close()));
        await clock.advance(6_000);
        await closing;
        const codes = await Promise.all(outcomes);
        expect(codes.filter((code) => !/^(done|(call|command|session|phone|agent)\/[a-z-]+)$/.test(code))).toEqual([]);
        hold();
        expect([voice.openNow, voice.callsUp, clock.pending]).toEqual([0, 0, 0]);
      }),
      { seed: 20260105, numRuns: 300 },
    );
    // The property says little about runs in which nothing happens.
    expect(answered).toBeGreaterThan(300);
    expect(changes).toBeGreaterThan(300);
  });
});
