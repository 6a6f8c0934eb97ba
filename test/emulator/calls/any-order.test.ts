import fc from 'fast-check';
import type { ServerCall } from 'onescreen/emulator';
import { expect, test } from 'vitest';
import { account, CallBench, customer, ra, type Page, type Question } from './call-bench';

const kinds = [
  ...['start', 'start-group', 'call-server', 'accept', 'accept', 'accept', 'reject', 'hang-up', 'end-all'],
  ...['mute', 'hold', 'dtmf', 'add', 'remove', 'mute-other', 'media', 'media', 'drop', 'open', 'wait', 'wait-long'],
  ...[
    'phone-in',
    'phone-up',
    'phone-keys',
    'server-add',
    'server-cancel',
    'server-hold',
    'server-play',
    'server-remove',
  ],
  ...[
    'server-transfer',
    'server-move',
    'server-connect',
    'server-record',
    'server-mute',
    'server-up',
    'server-end',
    'slow-ring',
    'lose-ring',
  ],
] as const;

const step = fc.record({
  kind: fc.constantFrom(...kinds),
  who: fc.nat(5),
  whom: fc.nat(5),
  flag: fc.boolean(),
});
type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;

/** Several people with pages, phones and a server who do anything at any time. */
class Crowd {
  readonly bench = new CallBench();
  readonly pages: Page[] = [];
  readonly users: readonly string[] = Array.from({ length: 3 }, () => this.bench.core.createUser());
  readonly servers: ServerCall[] = [];
  readonly invitations: { cancel(): boolean }[] = [];
  #calls = 0;

  async open(): Promise<void> {
    this.bench.core.calls.listen(ra, (call) => {
      // A server that is slow now and then does not get to answer.
      if (this.servers.length % 5 === 4) return;
      try {
        this.servers.push(call.answer());
      } catch {
        return;
      }
    });
    for (const user of [...this.users, ...this.users])
      this.pages.push(await this.bench.page({ user, kind: 'tpeAgent' }));
    // Two talk to each other, the third to a customer and with the server's help.
    const [anna, ben, cleo] = this.pages;
    await anna!.start([ben!.user], { callId: 'own-0' });
    await ben!.accept();
    await anna!.media();
    this.bench.core.phones.callFrom('+491709', { to: account });
    await this.bench.clock.advance(0);
    this.servers[0]!.add({ target: cleo!.user });
    await cleo!.accept();
    this.#calls = 1;
  }

  async #accept(page: Page): Promise<boolean> {
    const { error } = await page.ask({ type: 'accept', callId: page.incoming?.callId ?? '', muted: false });
    return error === undefined;
  }

  async do({ kind, who, whom, flag }: Step): Promise<void> {
    const { bench } = this;
    const page = this.pages[who]!;
    const target = this.users[whom % 3]!;
    const other = whom === 5 ? `4:${customer}` : target;
    const { callId } = page;
    const ask = (question: Question) => page.ask(question);
    const ringing = page.incoming?.callId ?? '';
    const server = [...this.servers].reverse().find(({ end }) => end === undefined);
    const party = server?.participants()[whom % 3]?.rawId ?? 'nobody';
    switch (kind) {
      case 'start':
        await page.start([other], { callId: `own-${this.#calls++}` });
        return;
      case 'start-group':
        await page.start(
          this.users.filter((user) => user !== page.user),
          { callId: `own-${this.#calls++}` },
        );
        return;
      case 'call-server':
        await page.start([flag ? account : `4:${customer}`], {
          callId: `own-${this.#calls++}`,
          ...(!flag && { onBehalfOf: ra }),
        });
        return;
      case 'accept':
        if (await this.#accept(page)) await page.media();
        return;
      case 'reject':
        await ask({ type: 'reject', callId: ringing });
        return;
      case 'hang-up':
      case 'end-all':
        await ask({ type: 'hang-up', callId, forEveryone: kind === 'end-all' });
        return;
      case 'mute':
        await ask({ type: 'mute', callId, muted: flag });
        return;
      case 'hold':
        await ask({ type: 'hold', callId, held: flag });
        return;
      case 'dtmf':
        await ask({ type: 'dtmf', callId, tone: '5' });
        return;
      case 'add':
        await ask({ type: 'add', callId, target: other });
        return;
      case 'remove':
        await ask({ type: 'remove', callId, target: other });
        return;
      case 'mute-other':
        await ask({ type: 'mute-participant', callId, target: other });
        return;
      case 'media':
        await ask({ type: 'media', callId: callId || 'none', sdp: 'offer' });
        return;
      case 'drop':
        return page.drop();
      case 'open':
        page.drop();
        this.pages[who] = await bench.page({ user: page.user, kind: 'tpeAgent' });
        return;
      case 'wait':
        return bench.clock.advance(700);
      case 'wait-long':
        return bench.clock.advance(12_000);
      case 'phone-in':
        bench.core.phones.callFrom(`+49170${whom}`, { to: account, speaks: flag });
        return;
      case 'phone-up':
        return bench.core.phones.calls[0]?.hangUp();
      case 'phone-keys':
        return attempt(() => bench.core.phones.calls[0]?.sendTones('1'));
      case 'slow-ring':
        return bench.core.faults.calls.delayRings(3_000);
      case 'lose-ring':
        return bench.core.faults.calls.loseRings();
      case 'server-add':
        return attempt(() => server && this.invitations.push(server.add({ target: other, timeoutMs: 5_000 })));
      case 'server-cancel':
        this.invitations.at(-1)?.cancel();
        return;
      case 'server-hold':
        return attempt(() => (flag ? server?.hold(party) : server?.unhold(party)));
      case 'server-play':
        return attempt(() => server?.play({ kind: 'music' }, flag ? party : undefined));
      case 'server-remove':
        return attempt(() => server?.remove(party));
      case 'server-transfer':
        return attempt(() => server?.transfer({ transferee: party, target: other, timeoutMs: 5_000 }));
      case 'server-move': {
        const from = this.servers.find((one) => one !== server && one.end === undefined);
        return attempt(() => from && server?.moveHere([from.participants()[0]?.rawId ?? 'nobody'], from));
      }
      case 'server-connect':
        return attempt(() => server && this.servers.push(bench.core.calls.connect(ra, server.serverCallId)));
      case 'server-record':
        return attempt(() => (flag ? server?.startRecording() : server?.pauseRecording()));
      case 'server-mute':
        return attempt(() => server?.mute(party));
      case 'server-up':
      case 'server-end':
        return server?.hangUp({ forEveryone: kind === 'server-end' });
    }
  }

  /** Nobody is heard who must not be, and the media unit is told nothing that makes no sense. */
  check(): void {
    const { media, core } = this.bench;
    expect(media.misuse).toEqual([]);
    for (const { parties, oneToOne } of core.calls.list()) {
      const silent = parties.filter(({ muted, onHold, status }) => muted || onHold || status !== 'connected');
      const held = oneToOne && parties.some(({ onHold }) => onHold);
      for (const { id, kind, onHold } of parties) {
        const heard = media.heard.get(id) ?? [];
        for (const { id: other } of held ? parties : silent) expect(heard).not.toContain(other);
        const others = parties.map((party) => party.id);
        if (onHold) expect(heard.filter((source) => others.includes(source))).toEqual([]);
        if (kind === 'server') expect(media.legs.has(id)).toBe(false);
      }
    }
    const live = core.calls.list().flatMap(({ parties }) => parties.map(({ id }) => id));
    for (const leg of media.legs) expect(live).toContain(leg);
  }
}

function attempt(run: () => unknown): void {
  try {
    run();
  } catch {
    // Refusals are tried elsewhere; here only what they leave behind counts.
    return;
  }
}

/** How often each ring was answered by a page. */
function answersOf(pages: readonly Page[]): ReadonlyMap<string, number> {
  const answers = new Map<string, number>();
  const rung = new Set(pages.flatMap((page) => page.of('incoming').map(({ callId }) => callId)));
  for (const page of pages) {
    const own = new Set(page.of('call').map(({ call }) => call.callId));
    for (const callId of rung) if (own.has(callId)) answers.set(callId, (answers.get(callId) ?? 0) + 1);
  }
  return answers;
}

test('whatever people, phones and servers do: who is held or muted is not heard, one page answers a ring, and every call ends', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 5, maxLength: 40 }), async (steps) => {
      const crowd = new Crowd();
      await crowd.open();
      const everybody = new Set(crowd.pages);
      for (const one of steps) {
        const stuck = crowd.pages[one.who]!.closed !== undefined && one.kind !== 'open';
        const byPage = !/^(wait|phone|server|slow|lose)/.test(one.kind);
        if (!(stuck && byPage)) await crowd.do(one);
        for (const page of crowd.pages) everybody.add(page);
        crowd.check();
      }
      const pages = [...everybody];
      for (const count of answersOf(pages).values()) expect(count).toBeLessThanOrEqual(1);

      // Everybody goes home: pages are closed, phones hang up, servers end what they have.
      for (const page of crowd.pages) page.drop();
      for (const phone of crowd.bench.core.phones.calls) phone.hangUp();
      for (const server of crowd.servers) server.hangUp({ forEveryone: true });
      await crowd.bench.clock.advance(130_000);
      for (const phone of crowd.bench.core.phones.calls) phone.hangUp();
      expect(crowd.bench.core.calls.list()).toEqual([]);
      expect([crowd.bench.media.size, [...crowd.bench.media.sounds]]).toEqual([0, []]);
      expect(crowd.bench.media.heard.size).toBe(0);
    }),
    { numRuns: 150, seed: 20_261_125 },
  );
});

test('whatever happens, each page that stays learns the end of every call and every ring', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 5, maxLength: 30 }), async (steps) => {
      const crowd = new Crowd();
      await crowd.open();
      for (const one of steps) if (one.kind !== 'drop' && one.kind !== 'open') await crowd.do(one);
      for (const server of crowd.servers) server.hangUp({ forEveryone: true });
      await crowd.bench.clock.advance(130_000);
      for (const page of crowd.pages) {
        for (const callId of new Set(page.of('call').map(({ call }) => call.callId)))
          await page.ask({ type: 'hang-up', callId, forEveryone: false });
      }
      await crowd.bench.clock.advance(130_000);
      for (const phone of crowd.bench.core.phones.calls) phone.hangUp();
      for (const page of crowd.pages) {
        const renamed = new Map(page.of('id-changed').map(({ from, to }) => [from, to]));
        const nowOf = (id: string): string => {
          const next = renamed.get(id);
          return next === undefined ? id : nowOf(next);
        };
        const last = new Map(page.of('call').map(({ call }) => [nowOf(call.callId), call.status]));
        for (const [id, status] of last) expect([id, status]).toEqual([id, 'disconnected']);
        const ended = new Set(page.of('incoming-ended').map(({ callId }) => callId));
        for (const { callId } of page.of('incoming')) {
          // A ring ends once: by an answer here, or by an end that is told.
          const taken = last.has(nowOf(callId));
          expect([callId, ended.has(callId)]).toEqual([callId, !taken]);
        }
      }
      expect(crowd.bench.core.calls.list()).toEqual([]);
    }),
    { numRuns: 100, seed: 4_711 },
  );
});
