import {
  DtmfTone,
  type CallMediaRecognizeChoiceOptions,
  type CallMediaRecognizeDtmfOptions,
  type FileSource,
  type TextSource,
} from '@azure/communication-call-automation';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { AutomationBench, customer, expert, refusal, type BenchCall } from './automation-bench';

let bench: AutomationBench;
let call: BenchCall;
beforeEach(async () => {
  bench = await AutomationBench.start();
  call = await bench.answered();
});
afterEach(() => bench.close());

const phone = (phoneNumber: string) => ({ phoneNumber });
const music = (ms = 60): FileSource => ({ kind: 'fileSource', url: `http://127.0.0.1/music.wav#ms=${ms}` });
const words: TextSource = { kind: 'textSource', text: 'Hello', voiceName: 'en-US-AvaNeural' };
const keys: CallMediaRecognizeDtmfOptions = { kind: 'callMediaRecognizeDtmfOptions', maxTonesToCollect: 3 };
const yesOrNo: CallMediaRecognizeChoiceOptions = {
  kind: 'callMediaRecognizeChoiceOptions',
  choices: [
    { label: 'yes', phrases: ['yes'], tone: DtmfTone.One },
    { label: 'no', phrases: ['no'], tone: DtmfTone.Two },
  ],
};
const cancelled = { code: 400, subCode: 8508 };

/** The customer and the expert in the call. */
async function withExpert(): Promise<void> {
  await call.connection.addParticipant({ targetParticipant: phone(expert) });
  await call.event('AddParticipantSucceeded');
}

describe('what is played', () => {
  test('to everybody is heard, and completes', async () => {
    await call.media.playToAll([music(), words], { operationContext: 'welcome' });
    const started = await call.event('PlayStarted');
    expect(bench.phone(customer).hears()).toEqual(['music']);
    await expect.poll(() => bench.phone(customer).hears()).toEqual(['speech']);
    const completed = await call.event('PlayCompleted');
    expect([started, completed].map(({ data }) => data.operationContext)).toEqual(['welcome', 'welcome']);
    expect(bench.phone(customer).hears()).toEqual([]);
  });

  test('to one is heard by that one alone', async () => {
    await withExpert();
    await call.media.play([music()], [phone(expert)]);
    await call.event('PlayStarted');
    expect(bench.phone(expert).hears()).toEqual(['music']);
    expect(bench.phone(customer).hears()).toEqual([]);
    await call.event('PlayCompleted');
  });

  test('again and again goes on until it is cancelled, and so does what waits behind it', async () => {
    await call.media.playToAll([music(20)], { loop: true, operationContext: 'loop' });
    await call.media.playToAll([words], { operationContext: 'waiting' });
    await call.event('PlayStarted');
    await new Promise((resolve) => setTimeout(resolve, 80));
    expect(bench.server.types()).not.toContain('PlayCompleted');
    await call.media.cancelAllOperations();
    for (const context of ['loop', 'waiting']) {
      const { data } = await call.event('PlayCanceled', (one) => one.data.operationContext === context);
      expect(data.resultInformation).toMatchObject(cancelled);
    }
    expect(bench.phone(customer).hears()).toEqual([]);
  });

  test('interrupts what is played when it says so', async () => {
    await call.media.playToAll([music(5_000)], { operationContext: 'long' });
    await call.event('PlayStarted');
    await call.media.playToAll([music()], { interruptCallMediaOperation: true, operationContext: 'urgent' });
    expect((await call.event('PlayCanceled')).data.operationContext).toBe('long');
    expect((await call.event('PlayCompleted')).data.operationContext).toBe('urgent');
  });

  test('fails when it is no sound, and says which', async () => {
    await call.media.playToAll([music(), { kind: 'fileSource', url: 'http://127.0.0.1/music.txt' }]);
    const { data } = await call.event('PlayFailed');
    expect(data).toMatchObject({ failedPlaySourceIndex: 1, resultInformation: { code: 400, subCode: 8535 } });
  });

  test('fails for whoever is not in the call, and when the call ends', async () => {
    await call.media.play([music()], [phone(expert)], { operationContext: 'nobody', loop: false });
    await call.event('PlayFailed', ({ data }) => data.operationContext === 'nobody');
    await call.media.playToAll([music(5_000)], { operationContext: 'cut' });
    await call.event('PlayStarted');
    await call.connection.hangUp(true);
    await call.event('PlayFailed', ({ data }) => data.operationContext === 'cut');
    expect(await refusal(call.media.playToAll([music()]))).toBe('404 8522');
  });
});

describe('keys that a customer presses', () => {
  const recognized = async () => (await call.event('RecognizeCompleted')).data;

  test('are taken down until there are enough', async () => {
    await call.media.startRecognizing(phone(customer), { ...keys, operationContext: 'pin' });
    bench.phone(customer).sendTones('1*#');
    expect(await recognized()).toMatchObject({
      operationContext: 'pin',
      recognitionType: 'dtmf',
      dtmfResult: { tones: ['one', 'asterisk', 'pound'] },
      resultInformation: { code: 200, subCode: 8531 },
    });
  });

  test('are taken down until a stop tone', async () => {
    await call.media.startRecognizing(phone(customer), { ...keys, stopDtmfTones: [DtmfTone.Pound] });
    bench.phone(customer).sendTones('42#');
    expect(await recognized()).toMatchObject({
      dtmfResult: { tones: ['four', 'two'] },
      resultInformation: { code: 200, subCode: 8514 },
    });
  });

  test('end a prompt that may be interrupted, and count only then', async () => {
    await call.media.startRecognizing(phone(customer), { ...keys, maxTonesToCollect: 1, playPrompt: music(100) });
    bench.phone(customer).sendTones('1');
    await new Promise((resolve) => setTimeout(resolve, 150));
    expect(bench.server.types()).not.toContain('RecognizeCompleted');
    bench.phone(customer).sendTones('2');
    expect(await recognized()).toMatchObject({ dtmfResult: { tones: ['two'] } });

    await call.media.startRecognizing(phone(customer), {
      ...keys,
      maxTonesToCollect: 1,
      playPrompts: [music(5_000)],
      interruptPrompt: true,
      operationContext: 'barge in',
    });
    bench.phone(customer).sendTones('3');
    await call.event('RecognizeCompleted', ({ data }) => data.operationContext === 'barge in');
    expect(bench.phone(customer).hears()).toEqual([]);
  });

  test('that do not come fail after the silence, and between two', async () => {
    await call.media.startRecognizing(phone(customer), {
      ...keys,
      initialSilenceTimeoutInSeconds: 1,
      operationContext: 'a',
    });
    const silence = await call.event('RecognizeFailed', ({ data }) => data.operationContext === 'a');
    expect(silence.data.resultInformation).toMatchObject({ code: 400, subCode: 8510 });
    await call.media.startRecognizing(phone(customer), {
      ...keys,
      interToneTimeoutInSeconds: 1,
      operationContext: 'b',
    });
    bench.phone(customer).sendTones('1');
    const gap = await call.event('RecognizeFailed', ({ data }) => data.operationContext === 'b');
    expect(gap.data.resultInformation).toMatchObject({ code: 400, subCode: 8532 });
  });

  test('pick a choice, a wrong one fails', async () => {
    await call.media.startRecognizing(phone(customer), yesOrNo);
    bench.phone(customer).sendTones('2');
    expect(await recognized()).toMatchObject({ recognitionType: 'choices', choiceResult: { label: 'no' } });
    await call.media.startRecognizing(phone(customer), { ...yesOrNo, operationContext: 'again' });
    bench.phone(customer).sendTones('9');
    const { data } = await call.event('RecognizeFailed');
    expect(data).toMatchObject({ operationContext: 'again', resultInformation: { subCode: 8534 } });
  });

  test('are not waited for any more when that is cancelled', async () => {
    await call.media.startRecognizing(phone(customer), keys);
    await call.media.cancelAllOperations();
    expect((await call.event('RecognizeCanceled')).data.resultInformation).toMatchObject(cancelled);
  });

  test('are waited for in vain when the customer hangs up or is not there, or the prompt is no sound', async () => {
    await call.media.startRecognizing(phone(expert), { ...keys, operationContext: 'nobody' });
    await call.event('RecognizeFailed', ({ data }) => data.operationContext === 'nobody');
    const playPrompt: FileSource = { kind: 'fileSource', url: 'nonsense' };
    await call.media.startRecognizing(phone(customer), { ...keys, playPrompt, operationContext: 'bad' });
    const bad = await call.event('RecognizeFailed', ({ data }) => data.operationContext === 'bad');
    expect(bad.data).toMatchObject({ failedPlaySourceIndex: 0, resultInformation: { subCode: 8511 } });
    await call.media.startRecognizing(phone(customer), { ...keys, operationContext: 'gone' });
    bench.phone(customer).hangUp();
    await call.event('RecognizeFailed', ({ data }) => data.operationContext === 'gone');
  });

  test('are told one by one as long as that is wanted', async () => {
    await call.media.startContinuousDtmfRecognition(phone(customer), { operationContext: 'menu' });
    bench.phone(customer).sendTones('15');
    const second = await call.event('ContinuousDtmfRecognitionToneReceived', ({ data }) => data.tone === 'five');
    expect(second.data).toMatchObject({ sequenceId: 2, operationContext: 'menu' });
    await call.media.stopContinuousDtmfRecognition(phone(customer), { operationContext: 'enough' });
    expect((await call.event('ContinuousDtmfRecognitionStopped')).data.operationContext).toBe('enough');
    bench.phone(customer).sendTones('9');
    await call.connection.hangUp(true);
    await call.event('CallDisconnected');
    expect(bench.server.types().filter((type) => type === 'ContinuousDtmfRecognitionToneReceived')).toHaveLength(2);
  });

  test('are not watched any more when the call has ended', async () => {
    await call.media.startContinuousDtmfRecognition(phone(customer));
    await call.connection.hangUp(true);
    await call.event('ContinuousDtmfRecognitionStopped');
  });

  test('are sent to one participant', async () => {
    const sent = await call.media.sendDtmfTones([DtmfTone.One, DtmfTone.Pound], phone(customer), {
      operationContext: 'keys',
    });
    expect(sent).toMatchObject({ operationContext: 'keys' });
    expect((await call.event('SendDtmfTonesCompleted')).data.operationContext).toBe('keys');
    expect(bench.phone(customer).tones).toBe('1#');
    await call.media.sendDtmfTones([DtmfTone.One], phone(expert));
    await call.event('SendDtmfTonesFailed');
  });
});

describe('hold', () => {
  test('begins with music, pauses for what is played to that one, and ends', async () => {
    await call.media.hold(phone(customer), { operationContext: 'wait', playSource: music() });
    expect((await call.event('HoldAudioStarted')).data.operationContext).toBe('wait');
    expect((await call.connection.getParticipant(phone(customer))).isOnHold).toBe(true);
    await call.media.play([words], [phone(customer)]);
    await call.event('HoldAudioPaused');
    await call.event('HoldAudioResumed');
    await call.media.unhold(phone(customer), { operationContext: 'back' });
    expect((await call.event('HoldAudioCompleted')).data.operationContext).toBe('back');
    expect((await call.connection.getParticipant(phone(customer))).isOnHold).toBe(false);
  });

  test('fails for one who is on hold already, or not there', async () => {
    await call.media.hold(phone(customer));
    await call.media.hold(phone(customer), { operationContext: 'twice' });
    const twice = await call.event('HoldFailed');
    expect(twice.data).toMatchObject({ operationContext: 'twice', resultInformation: { code: 400, subCode: 8501 } });
    await call.media.hold(phone(expert), { operationContext: 'nobody' });
    await call.event('HoldFailed', ({ data }) => data.operationContext === 'nobody');
    expect(await refusal(call.media.unhold(phone(expert)))).toBe('400 8501');
  });
});

describe('what the emulator does not do', () => {
  const notEmulated = '501 NotEmulated';

  test('is refused: speech, transcription and media streaming', async () => {
    const { media } = call;
    const speech = { kind: 'callMediaRecognizeSpeechOptions' } as const;
    expect(await refusal(media.startRecognizing(phone(customer), speech))).toBe(notEmulated);
    for (const request of [
      () => media.startTranscription({ locale: 'en-US' }),
      () => media.stopTranscription(),
      () => media.updateTranscription('de-DE'),
      () => media.startMediaStreaming(),
      () => media.stopMediaStreaming(),
    ])
      expect(await refusal(request())).toBe(notEmulated);
    const room = { kind: 'roomCallLocator', id: 'room' } as const;
    expect(await refusal(bench.client.connectCall(room, bench.callback))).toBe(notEmulated);
  });
});
