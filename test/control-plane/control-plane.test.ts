import { ContactCenterClient, ContactCenterError, createEnvironment, type LinkState, type Tokens } from 'onescreen';
import { controlPlane } from 'onescreen/control-plane';
import { seededRandom, virtualClock } from 'onescreen/testing';
import { describe, expect, it } from 'vitest';
import { scriptedSocket, type ScriptedLink } from './scripted-socket';

const countedTokens = () => {
  const asked: (string | undefined)[] = [];
  const tokens: Tokens = {
    get: async (_audience, refused) => {
      asked.push(refused);
      return { token: `token-${asked.length}`, expiresAt: Number.MAX_SAFE_INTEGER };
    },
  };
  return { asked, tokens };
};

function connected(tokens: Tokens = countedTokens().tokens) {
  const clock = virtualClock(0);
  const { connect, links } = scriptedSocket();
  const environment = createEnvironment({ clock, random: seededRandom('link'), socket: connect });
  const link = controlPlane('https://cc.contoso.example/').connect({ environment, tokens });
  const states: LinkState['status'][] = [];
  link.state$.subscribe(({ status }) => states.push(status));
  return { clock, link, links, states, socket: links[0]! };
}

const open = (socket: ScriptedLink, recovered = false) => socket.receive({ type: 'open', recovered });
const answer = (socket: ScriptedLink, id: string, result: unknown = {}) =>
  socket.receive({ type: 'frame', frame: { type: 'answer', id, ok: true, result } });
const idOf = (frame: unknown) => (frame as { readonly id: string }).id;

describe('controlPlane', () => {
  it('refuses an address that is no http or https URL, and names the field', () => {
    for (const url of ['cc.contoso.example', 'ws://cc.contoso.example', 'https://']) {
      expect(() => controlPlane(url)).toThrow(expect.objectContaining({ code: 'command/invalid', field: 'url' }));
    }
  });

  it('connects to the agents with the current token', async () => {
    const { socket, link, states } = connected();
    expect(socket.target).toMatchObject({ url: 'https://cc.contoso.example', door: 'agents' });
    expect(await socket.target.credentials()).toEqual({ token: 'token-1' });
    open(socket);
    socket.receive({ type: 'down', reason: 'gone' });
    socket.receive({ type: 'down', reason: 'still gone' });
    open(socket, true);
    await link.close();
    expect(states).toEqual(['connecting', 'online', 'offline', 'online']);
    expect(socket.closed).toBe(true);
  });

  it('hands on pushes in order and ignores frames it does not know', () => {
    const { socket, link } = connected();
    const seen: string[] = [];
    link.pushes$.subscribe((push) => seen.push(push.type));
    open(socket);
    for (const type of ['snapshot', 'tomorrow', 'offer', 'log']) socket.receive({ type: 'frame', frame: { type } });
    for (const frame of [null, 'log', { type: 'answer' }]) socket.receive({ type: 'frame', frame });
    expect(seen).toEqual(['snapshot', 'offer', 'log']);
  });

  it('resolves with the answer, and rejects with the error the server sent', async () => {
    const { socket, link } = connected();
    open(socket);
    const accepted = link.command('offer/accept', { offerId: 'o1' });
    const declined = link.command('offer/decline', { offerId: 'o2' });
    expect(socket.sent).toEqual([
      { type: 'command', id: expect.any(String), name: 'offer/accept', args: { offerId: 'o1' } },
      { type: 'command', id: expect.any(String), name: 'offer/decline', args: { offerId: 'o2' } },
    ]);
    const error = { code: 'offer/gone', message: 'unable to decline offer; it has expired', retryable: false };
    socket.receive({ type: 'frame', frame: { type: 'answer', id: idOf(socket.sent[1]), ok: false, error } });
    answer(socket, idOf(socket.sent[0]), { taskId: 't1' });
    await expect(accepted).resolves.toEqual({ taskId: 't1' });
    await expect(declined).rejects.toMatchObject({ name: 'ContactCenterError', ...error });
  });

  it('sends commands that were not answered again after every reconnect, with the same id', async () => {
    const { socket, link } = connected();
    const early = link.command('task/end', { taskId: 't1' });
    expect(socket.sent).toEqual([]);
    open(socket);
    const answered = link.command('task/end', { taskId: 't2' });
    answer(socket, idOf(socket.sent[1]));
    await answered;
    socket.receive({ type: 'down', reason: 'gone' });
    const late = link.command('task/end', { taskId: 't3' });
    open(socket, true);
    const ids = socket.sent.map(idOf);
    expect(ids).toEqual([ids[0], ids[1], ids[0], ids[3]]);
    answer(socket, ids[0]!);
    answer(socket, ids[0]!);
    answer(socket, ids[3]!);
    await Promise.all([early, late]);
  });

  it('makes one command of two with the same id', async () => {
    const { socket, link } = connected();
    open(socket);
    const both = [1, 2].map(() => link.command('task/end', { taskId: 't1' }, { commandId: 'c1' }));
    expect(socket.sent).toHaveLength(1);
    answer(socket, 'c1', { done: true });
    await expect(Promise.all(both)).resolves.toEqual([{ done: true }, { done: true }]);
  });

  it('rejects after 30 s, or the time its caller names, counted by the clock', async () => {
    const { clock, link, socket } = connected();
    open(socket);
    const failures: string[] = [];
    const note = (name: string) => (error: ContactCenterError) => failures.push(`${name} ${error.code} ${clock.now()}`);
    link.command('task/end', { taskId: 'long' }).catch(note('long'));
    link.command('task/end', { taskId: 'short' }, { timeoutMs: 5_000 }).catch(note('short'));
    await clock.advance(60_000);
    expect(failures).toEqual(['short command/timed-out 5000', 'long command/timed-out 30000']);
    socket.receive({ type: 'down', reason: 'gone' });
    open(socket);
    expect(socket.sent).toHaveLength(2);
    expect(clock.pending).toBe(0);
  });

  it('rejects when its caller aborts, before or after sending', async () => {
    const { clock, link, socket } = connected();
    open(socket);
    const reason = new Error('page left');
    const controller = new AbortController();
    const running = link.command('task/end', { taskId: 't1' }, { signal: controller.signal });
    controller.abort(reason);
    await expect(running).rejects.toMatchObject({ code: 'command/aborted', cause: reason });
    await expect(link.command('task/end', { taskId: 't1' }, { signal: controller.signal })).rejects.toMatchObject({
      code: 'command/aborted',
    });
    expect(socket.sent).toHaveLength(1);
    expect(clock.pending).toBe(0);
  });

  it('rejects what is unanswered when it is closed, and everything after', async () => {
    const { clock, link, socket } = connected();
    open(socket);
    const running = link.command('task/end', { taskId: 't1' });
    await Promise.all([link.close(), link.close()]);
    await expect(running).rejects.toMatchObject({ code: 'session/closed' });
    await expect(link.command('task/end', { taskId: 't1' })).rejects.toMatchObject({ code: 'session/closed' });
    expect(clock.pending).toBe(0);
  });

  it('renews the token once when it is turned away, then connects again', async () => {
    const { asked, tokens } = countedTokens();
    const { links, link, states } = connected(tokens);
    await links[0]!.target.credentials();
    const waiting = link.command('task/end', { taskId: 't1' });
    links[0]!.receive({ type: 'refused', code: 'session/unauthorized', message: 'unable to sign in; token expired' });
    expect(links).toHaveLength(2);
    expect(links[0]!.closed).toBe(true);
    expect(await links[1]!.target.credentials()).toEqual({ token: 'token-2' });
    expect(await links[1]!.target.credentials()).toEqual({ token: 'token-3' });
    expect(asked).toEqual([undefined, 'token-1', undefined]);
    open(links[1]!);
    answer(links[1]!, idOf(links[1]!.sent[0]));
    await waiting;
    expect(states).toEqual(['connecting', 'online']);
  });

  it('is refused for good when the renewed token is turned away too', async () => {
    const { links, link, states } = connected();
    const waiting = link.command('task/end', { taskId: 't1' });
    const refusal = { type: 'refused', code: 'session/unauthorized', message: 'unable to sign in; unknown' } as const;
    links[0]!.receive(refusal);
    links[1]!.receive(refusal);
    expect(links).toHaveLength(2);
    expect(states).toEqual(['connecting', 'refused']);
    expect(link.state$.value.error).toMatchObject({ code: 'session/unauthorized' });
    await expect(waiting).rejects.toMatchObject({ code: 'session/unauthorized' });
    await expect(link.command('task/end', { taskId: 't1' })).rejects.toMatchObject({ code: 'session/unauthorized' });
  });

  it('is refused for good at once for any other reason', () => {
    const { links, link } = connected();
    links[0]!.receive({ type: 'refused', code: 'agent/not-permitted', message: 'unable to sign in; not an agent' });
    expect(links).toHaveLength(1);
    expect(link.state$.value).toMatchObject({ status: 'refused', error: { code: 'agent/not-permitted' } });
  });

  it('shows why it is offline when no token can be had', async () => {
    const cause = new ContactCenterError('token/unavailable', 'unable to get a token; the back end is down');
    const { link, socket } = connected({ get: () => Promise.reject(cause) });
    await expect(socket.target.credentials()).rejects.toBe(cause);
    expect(link.state$.value).toEqual({ status: 'offline', error: cause });
    socket.receive({ type: 'down', reason: 'no credentials' });
    expect(link.state$.value.error).toBe(cause);
  });

  it('says why it connects in vain, in the session too, until the link stands', async () => {
    const clock = virtualClock(0);
    const { connect, links } = scriptedSocket();
    const client = new ContactCenterClient({
      controlPlane: controlPlane('https://cc.contoso.example'),
      tokens: async () => ({ token: 'opaque', expiresOn: clock.now() + 3_600_000 }),
      providers: [],
      environment: { clock, random: seededRandom('desk'), socket: connect },
    });
    const waiting = expect(client.signIn()).rejects.toMatchObject({
      code: 'command/timed-out',
      cause: { code: 'session/offline' },
    });
    expect(client.session$.value.error).toBeUndefined();
    links[0]!.receive({ type: 'down', reason: 'websocket error' });
    expect(client.session$.value).toMatchObject({
      status: 'connecting',
      error: {
        code: 'session/offline',
        retryable: true,
        message: 'unable to reach the control plane at https://cc.contoso.example; websocket error',
      },
    });
    open(links[0]!);
    expect(client.session$.value).toMatchObject({ status: 'connecting' });
    expect(client.session$.value.error).toBeUndefined();
    links[0]!.receive({ type: 'down', reason: 'transport close' });
    await clock.advance(30_000);
    await waiting;
    await client.close();
  });
});
