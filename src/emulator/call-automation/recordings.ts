import type { Clock, Random } from 'onescreen';
import type { RecordingState } from '../calls/call';
import { ends } from '../calls/end-reasons';
import type { AutomatedCall, CallObserver } from './automated-call';
import { refusal } from './refusals';

/** One recording, which holds nothing: there are no files. */
export interface Recording {
  readonly id: string;
  readonly connection: AutomatedCall;
  state: RecordingState;
}

export interface RecordingRequest {
  readonly callbackUri: string | undefined;
  readonly pauseOnStart: boolean;
}

const kind = 'azureCommunicationServices';

/** The recordings that go on, and their events. */
export class Recordings {
  readonly #clock: Clock;
  readonly #random: Random;
  readonly #recordings = new Map<string, Recording>();

  constructor(clock: Clock, random: Random) {
    this.#clock = clock;
    this.#random = random;
  }

  /** Throws as the call does, 400/8553 when it is being recorded already. */
  start(connection: AutomatedCall, { callbackUri, pauseOnStart }: RecordingRequest): Recording {
    const { call } = connection;
    const content = { serverCallId: call.serverCallId, recordingId: this.#random.id() };
    const id = Buffer.from(JSON.stringify(content)).toString('base64');
    const recording: Recording = { id, connection, state: 'on' };
    const startDateTime = new Date(this.#clock.now()).toISOString();
    const observer: CallObserver = {
      recording: (state) => {
        recording.state = state;
        const data = { recordingId: id, state: wireState(state), startDateTime, recordingKind: kind };
        const source = `calling/recordings/${id}/RecordingStateChanged`;
        connection.send({ type: 'RecordingStateChanged', data, source }, { callbackUri });
        if (state !== 'off') return;
        connection.observers.delete(observer);
        this.#recordings.delete(id);
      },
    };
    call.startRecording();
    connection.observers.add(observer);
    this.#recordings.set(id, recording);
    if (pauseOnStart) call.pauseRecording();
    recording.state = call.recording;
    return recording;
  }

  /** Throws 404. */
  find(id: string): Recording {
    const recording = this.#recordings.get(id);
    if (recording === undefined) throw refusal({ ...ends.callGone, message: 'Recording not found.' });
    return recording;
  }
}

export function recordingModel({ id, state }: Recording) {
  return { recordingId: id, recordingState: wireState(state), recordingKind: kind };
}

const wireState = (state: RecordingState) => (state === 'on' ? 'active' : 'inactive');
