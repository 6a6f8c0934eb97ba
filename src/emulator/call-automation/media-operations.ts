import type { Clock } from 'onescreen';
import { ends } from '../calls/end-reasons';
import type { EndFrame } from '../calls/frames';
import type { Operation } from '../http/operation';
import {
  isJsonObject,
  optionalInteger,
  requireArray,
  requireObject,
  requireText,
  type JsonObject,
} from '../http/validation';
import type { AutomatedCall } from './automated-call';
import { actionPath, answer, type DeclareOperation } from './automation-operation';
import { contextOf } from './connection-operations';
import { readOperation, type Connections } from './connections';
import { readIdentifier } from './identifier-model';
import { MediaQueue } from './media-queue';
import { PlayJob } from './play-job';
import { readPlaySource, readPlaySources } from './play-source';
import { invalid, notEmulated, wrongState } from './refusals';
import { RecognizeJob, type RecognizeOrder, type ToneChoice } from './recognize-job';
import { readTone } from './tone-names';
import { ToneWatch } from './tone-watch';

const seconds = { min: 0, max: 300 };
const notThere: EndFrame = { ...ends.callGone, message: 'Participant not found.' };

/** What can be heard in a call, and which keys are pressed in it. */
export function mediaOperations(
  declare: DeclareOperation,
  connections: Connections,
  clock: Clock,
): readonly Operation[] {
  const queues = new WeakMap<AutomatedCall, MediaQueue>();
  const watches = new WeakMap<AutomatedCall, ToneWatch>();
  const queueOf = (connection: AutomatedCall) => {
    const queue = queues.get(connection) ?? new MediaQueue();
    queues.set(connection, queue);
    return queue;
  };
  const watchOf = (connection: AutomatedCall) => {
    const watch = watches.get(connection) ?? new ToneWatch(connection);
    watches.set(connection, watch);
    return watch;
  };
  /** An operation on a call that is connected, which answers without a body. */
  const act = (
    name: string,
    action: string,
    status: number,
    run: (connection: AutomatedCall, body: JsonObject) => unknown,
  ) =>
    declare(name, 'POST', actionPath(action), (call) => {
      const connection = connections.connected(call);
      const body = call.body === undefined ? {} : requireObject(call.body, 'body');
      const result = run(connection, body);
      return answer(status, isJsonObject(result) ? result : undefined, connection.call.correlationId);
    });

  return [
    act('CallMedia_Play', 'play', 202, (connection, body) => {
      const to = requireArray(body.playTo ?? [], 'playTo').map(
        (one, index) => readIdentifier(one, `playTo[${index}]`).rawId,
      );
      const options = requireObject(body.playOptions ?? {}, 'playOptions');
      const sources = readPlaySources(body.playSources, 'playSources');
      const order = { sources, to, loop: options.loop === true, operation: readOperation(body) };
      queueOf(connection).add(new PlayJob(connection, order), body.interruptCallMediaOperation === true);
    }),
    act('CallMedia_Recognize', 'recognize', 202, (connection, body) => {
      const job = new RecognizeJob(connection, clock, readRecognition(body));
      queueOf(connection).add(job, body.interruptCallMediaOperation === true);
    }),
    act('CallMedia_CancelAllMediaOperations', 'cancelAllMediaOperations', 202, (connection) =>
      queueOf(connection).cancelAll(),
    ),
    act('CallMedia_Hold', 'hold', 200, (connection, body) => {
      const { rawId } = readIdentifier(body.targetParticipant, 'targetParticipant');
      // Whatever it is, the emulator plays its music.
      if (isGiven(body.playSourceInfo)) readPlaySource(body.playSourceInfo, 'playSourceInfo');
      const operation = readOperation(body);
      const there = connection.call.participants().find((one) => one.rawId === rawId);
      if (there !== undefined && !there.onHold) return connection.hold(rawId, operation);
      const result = there === undefined ? notThere : { ...ends.wrongState, message: 'The participant is on hold.' };
      connection.send({ type: 'HoldFailed', result }, operation);
    }),
    act('CallMedia_Unhold', 'unhold', 200, (connection, body) => {
      const { rawId } = readIdentifier(body.targetParticipant, 'targetParticipant');
      const there = connection.call.participants().find((one) => one.rawId === rawId);
      if (there?.onHold !== true) throw wrongState('The participant is not on hold.');
      connection.unhold(rawId, readOperation(body));
    }),
    act('CallMedia_SendDtmfTones', 'sendDtmfTones', 202, (connection, body) => {
      const { rawId } = readIdentifier(body.targetParticipant, 'targetParticipant');
      const tones = requireArray(body.tones, 'tones').map((tone, index) => readTone(tone, `tones[${index}]`));
      if (tones.length === 0) throw invalid('tones must name at least one.', 'tones');
      const operation = readOperation(body);
      if (connection.call.participants().some((one) => one.rawId === rawId)) {
        connection.call.sendTones(rawId, tones.join(''));
        connection.send({ type: 'SendDtmfTonesCompleted' }, operation);
      } else {
        connection.send({ type: 'SendDtmfTonesFailed', result: notThere }, operation);
      }
      return contextOf(operation);
    }),
    act('CallMedia_StartContinuousDtmfRecognition', 'startContinuousDtmfRecognition', 200, (connection, body) => {
      const { rawId } = readIdentifier(body.targetParticipant, 'targetParticipant');
      watchOf(connection).start(rawId, readOperation(body));
    }),
    act('CallMedia_StopContinuousDtmfRecognition', 'stopContinuousDtmfRecognition', 200, (connection, body) => {
      const { rawId } = readIdentifier(body.targetParticipant, 'targetParticipant');
      watchOf(connection).stop(rawId, readOperation(body));
    }),
    ...['startTranscription', 'stopTranscription', 'updateTranscription'].map((action) =>
      act(`CallMedia_${capital(action)}`, action, 202, () => {
        throw notEmulated('transcription');
      }),
    ),
    ...['startMediaStreaming', 'stopMediaStreaming'].map((action) =>
      act(`CallMedia_${capital(action)}`, action, 202, () => {
        throw notEmulated('media streaming');
      }),
    ),
  ];
}

function readRecognition(body: JsonObject): RecognizeOrder {
  const options = requireObject(body.recognizeOptions, 'recognizeOptions');
  const type = requireText(body.recognizeInputType, 'recognizeInputType');
  if (type === 'speech' || type === 'speechOrDtmf') throw notEmulated('the recognition of speech');
  if (type !== 'dtmf' && type !== 'choices')
    throw invalid('recognizeInputType must be dtmf, choices, speech or speechOrDtmf.', 'recognizeInputType');
  const dtmf = requireObject(options.dtmfOptions ?? {}, 'recognizeOptions.dtmfOptions');
  const prompts = isGiven(body.playPrompts)
    ? readPlaySources(body.playPrompts, 'playPrompts')
    : isGiven(body.playPrompt)
      ? [readPlaySource(body.playPrompt, 'playPrompt')]
      : [];
  const silence = optionalInteger(options.initialSilenceTimeoutInSeconds, 'initialSilenceTimeoutInSeconds', seconds);
  const gap = optionalInteger(dtmf.interToneTimeoutInSeconds, 'interToneTimeoutInSeconds', { min: 1, max: 60 });
  return {
    target: readIdentifier(options.targetParticipant, 'recognizeOptions.targetParticipant').rawId,
    prompts,
    interruptPrompt: options.interruptPrompt === true,
    silenceMs: (silence ?? 5) * 1000,
    gapMs: (gap ?? 2) * 1000,
    most: optionalInteger(dtmf.maxTonesToCollect, 'maxTonesToCollect', { min: 1, max: 1000 }) ?? 1000,
    stopTones: requireArray(dtmf.stopTones ?? [], 'stopTones').map((tone) => readTone(tone, 'stopTones')),
    choices: type === 'choices' ? readChoices(options.choices) : undefined,
    operation: readOperation(body),
  };
}

/** Those that no key stands for could only be said aloud. */
function readChoices(value: unknown): readonly ToneChoice[] {
  const choices = requireArray(value, 'choices').flatMap((one, index): readonly ToneChoice[] => {
    const choice = requireObject(one, `choices[${index}]`);
    const label = requireText(choice.label, `choices[${index}].label`);
    return isGiven(choice.tone) ? [{ label, tone: readTone(choice.tone, `choices[${index}].tone`) }] : [];
  });
  if (choices.length === 0) throw notEmulated('the recognition of speech; give the choices tones');
  return choices;
}

const isGiven = (value: unknown) => value !== undefined && value !== null;
const capital = (word: string) => `${word.charAt(0).toUpperCase()}${word.slice(1)}`;
