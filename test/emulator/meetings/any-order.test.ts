import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Page } from '../calls/call-bench';
import { MeetingBench, organizer, tried } from './meeting-bench';

const kinds = [
  ...['join', 'join', 'leave', 'drop', 'end-all', 'media', 'mute', 'hold', 'camera', 'screen', 'hand', 'spotlight'],
  ...['consent', 'captions', 'admit', 'deny', 'remove', 'role', 'record', 'add', 'wait', 'wait-long'],
] as const;
const step = fc.record({ kind: fc.constantFrom(...kinds), who: fc.nat(3), whom: fc.nat(3), flag: fc.boolean() });

test('whatever people do: who waits, is held, muted or has not consented is not heard or seen, one shares, and it all ends', async () => {
  const run = async (steps: readonly (typeof step extends fc.Arbitrary<infer T> ? T : never)[]) => {
    const bench = new MeetingBench();
    const meeting = bench.create({ consent: true, lobbyTimeoutMs: 60_000 });
    const expert = bench.core.teamsUsers.add({ displayName: 'Edda', answers: 500, speaks: true });
    const pages: Page[] = [await bench.teamsPage(organizer)];
    for (let count = 0; count < 3; count += 1) pages.push(await bench.page());
    for (const { kind, who, whom, flag } of steps) {
      const page = pages[who];
      const other = pages[whom];
      if (page === undefined || other === undefined || page.closed !== undefined) continue;
      const live = page.call !== undefined && page.call.status !== 'disconnected';
      if (kind === 'join' && !live) await bench.joinFrom(page, meeting, flag);
      else if (kind === 'wait' || kind === 'wait-long') await bench.clock.advance(kind === 'wait' ? 1_000 : 60_000);
      else if (kind === 'role' && other.user !== organizer)
        bench.core.meetings.setRole(meeting.id, other.user, flag ? 'Presenter' : 'Attendee');
      else if (kind === 'record' && bench.see(meeting).members.length > 0)
        bench.core.meetings.record(meeting.id, { recording: flag });
      else if (!live) continue;
      else if (kind === 'leave') await tried(page, { type: 'hang-up', forEveryone: false });
      else if (kind === 'end-all') await tried(page, { type: 'hang-up', forEveryone: true });
      else if (kind === 'drop') page.drop();
      else if (kind === 'media') await page.media();
      else if (kind === 'mute') await tried(page, { type: 'mute', muted: flag });
      else if (kind === 'hold') await tried(page, { type: 'hold', held: flag });
      else if (kind === 'camera' || kind === 'screen') await tried(page, { type: 'picture', kind, on: flag });
      else if (kind === 'hand') await tried(page, { type: 'raise-hand', raised: flag });
      else if (kind === 'spotlight') await tried(page, { type: 'spotlight', targets: [other.user], on: flag });
      else if (kind === 'captions') await tried(page, { type: 'captions', on: flag });
      else if (kind === 'consent') await tried(page, { type: 'consent' });
      else if (kind === 'admit') await tried(page, { type: 'admit' });
      else if (kind === 'deny') await tried(page, { type: 'reject-guest', target: other.user });
      else if (kind === 'remove') await tried(page, { type: 'remove', target: other.user });
      else if (kind === 'add') await tried(page, { type: 'add', target: expert.rawId });
      check(bench, meeting.id);
    }
    bench.core.meetings.end(meeting.id);
    await bench.clock.advance(120_000);
    expect([bench.core.calls.list(), bench.media.size, bench.media.misuse]).toEqual([[], 0, []]);
    for (const page of pages)
      if (page.closed === undefined) expect(page.call?.status ?? 'disconnected').toBe('disconnected');
  };
  await fc.assert(fc.asyncProperty(fc.array(step, { minLength: 5, maxLength: 60 }), run), { numRuns: 200 });
}, 60_000);

function check(bench: MeetingBench, id: string): void {
  const meeting = bench.core.meetings.get(id);
  const members = meeting?.members ?? [];
  const find = (rawId: string) => members.find((member) => member.rawId === rawId);
  expect(members.filter(({ screen }) => screen).length).toBeLessThanOrEqual(1);
  for (const call of bench.core.calls.list()) {
    for (const party of call.parties) {
      for (const heard of party.hears) {
        expect(find(heard)).toMatchObject({ status: 'connected', muted: false });
        expect(find(heard)?.consent).not.toBe('required');
      }
      const seen = bench.media.seen.get(party.id) ?? [];
      for (const source of seen) {
        if (source === undefined) continue;
        const sender = find(call.parties.find((one) => one.id === source.leg)?.rawId ?? '');
        expect(sender).toMatchObject({ status: 'connected', [source.kind]: true });
        expect(sender?.consent).not.toBe('required');
        expect(find(party.rawId)?.status).toBe('connected');
      }
    }
  }
}
