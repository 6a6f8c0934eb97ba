import { expect, onTestFinished, test, vi } from 'vitest';
import { acsVoice } from '../../../src/acs/calling';
import { callingLoader, type CallingSdk } from '../../../src/acs/calling/calling-sdk';
import { virtualClock } from 'onescreen/testing';
import { FakeCalling } from './fake-calling';

const { sdk } = new FakeCalling(virtualClock());

/** What a bundler may make of the package. */
function wrapped(levels: number): () => Promise<CallingSdk> {
  let module: object = sdk;
  for (let level = 0; level < levels; level++) module = { default: module };
  // The types promise what bundlers do not keep
  return async () => module as CallingSdk;
}

test.each([0, 1, 2])('the package is found under %i defaults', async (levels) => {
  expect(await callingLoader(wrapped(levels))()).toBe(sdk);
});

test('an object serves as it is, and a function is asked once', async () => {
  let asked = 0;
  const load = callingLoader(async () => {
    asked += 1;
    return sdk;
  });
  expect([await load(), await load(), await callingLoader(sdk)()]).toEqual([sdk, sdk, sdk]);
  expect(asked).toBe(1);
});

test('a package that is missing says what to install, and is looked for again', async () => {
  let isThere = false;
  const load = callingLoader(async () => {
    if (!isThere) throw new Error('Cannot find package');
    return sdk;
  });
  await expect(load()).rejects.toMatchObject({
    code: 'provider/missing',
    retryable: true,
    message: expect.stringContaining('install @azure/communication-calling'),
  });
  isThere = true;
  expect(await load()).toBe(sdk);
});

test('something else than the package is as good as missing', async () => {
  await expect(callingLoader(wrapped(3))()).rejects.toMatchObject({ code: 'provider/missing' });
});

test('the provider wants tokens of its persona, and refuses headers beyond the limits at once', () => {
  expect(acsVoice({ persona: 'tpeAgent', sdk })).toMatchObject({
    channel: 'voice',
    name: 'acs',
    tokenKinds: ['tpeAgent'],
  });
  const headers = { sip: { topic: 'x' } };
  expect(() => acsVoice({ persona: 'tpeAgent', sdk, headers })).toThrow(
    expect.objectContaining({ code: 'command/invalid' }),
  );
});

test('the package is loaded when the page is idle, and a failure of that is nobody else’s', async () => {
  const idle: (() => void)[] = [];
  vi.stubGlobal('requestIdleCallback', (run: () => void) => idle.push(run));
  onTestFinished(() => void vi.unstubAllGlobals());
  let asked = 0;
  acsVoice({
    persona: 'acsUser',
    sdk: async () => {
      asked += 1;
      throw new Error('offline');
    },
  });
  expect(asked).toBe(0);
  for (const run of idle) run();
  await Promise.resolve();
  expect(asked).toBe(1);
});
