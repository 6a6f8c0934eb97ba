import { isContactCenterError } from 'onescreen';
import type { ServerCall } from 'onescreen/emulator';
import { describe, expect, test } from 'vitest';
import { CallBench, customer, ra } from './call-bench';

const help = '112';
const refused = '400/8501';

function refusalOf(run: () => unknown): string {
  try {
    run();
    return 'done';
  } catch (error) {
    if (!isContactCenterError(error)) throw error;
    return `${error.provider?.code}/${error.provider?.subCode}`;
  }
}

describe('an emergency call', () => {
  test('stays as it is: its page cannot hold, mute, transfer, add or take out, and can hang up', async () => {
    const bench = new CallBench();
    const anna = await bench.page();
    await anna.start([`4:${help}`]);
    await bench.clock.advance(3_000);
    const { callId } = anna;
    expect(anna.call).toMatchObject({ emergency: true, status: 'connected' });
    expect(await anna.tried({ type: 'hold', callId, held: true })).toBe(refused);
    expect(await anna.tried({ type: 'mute', callId, muted: true })).toBe(refused);
    expect(await anna.tried({ type: 'transfer', callId, target: `4:${customer}` })).toBe(refused);
    expect(await anna.tried({ type: 'add', callId, target: `4:${customer}` })).toBe(refused);
    expect(await anna.tried({ type: 'remove', callId, target: `4:${help}` })).toBe(refused);
    expect(await anna.tried({ type: 'mute-participant', callId, target: `4:${help}` })).toBe(refused);
    expect(await anna.tried({ type: 'mute', callId, muted: false })).toBe('ok');
    expect(anna.call).toMatchObject({ status: 'connected', muted: false, roster: [{ rawId: `4:${help}` }] });
    expect(await anna.tried({ type: 'hang-up', callId, forEveryone: true })).toBe('ok');
  });

  test('on behalf of a resource account gets its server to call for help, and to nothing else', async () => {
    const bench = new CallBench();
    const calls: ServerCall[] = [];
    bench.core.calls.listen(ra, (incoming) => calls.push(incoming.answer()));
    const agent = await bench.page({ kind: 'tpeAgent' });
    await agent.start([`4:${help}`], { onBehalfOf: ra });
    const [call] = calls;
    if (call === undefined) throw new Error('the server has not been called');
    const { answered } = call.add({ target: `4:${help}` });
    await bench.clock.advance(3_000);
    expect((await answered).rawId).toBe(`4:${help}`);
    const tries = [
      () => call.hold(agent.user),
      () => call.mute(agent.user),
      () => call.remove(agent.user),
      () => call.add({ target: `4:${customer}` }),
      () => call.transfer({ transferee: `4:${help}`, target: `4:${customer}` }),
      () => call.startRecording(),
    ];
    expect(tries.map(refusalOf)).toEqual(tries.map(() => refused));
    expect(call.participants().map(({ rawId }) => rawId)).toEqual([agent.user, `4:${help}`]);
    expect(call.recording).toBe('off');
  });
});
