import type { CallEndCode, ControlledParticipant } from '../call-control';

/** One event of a call, as far as this server reads it. Everything but id and type may be missing. */
export interface CallbackEvent {
  readonly id: string;
  /** Such as `CallConnected`. */
  readonly type: string;
  readonly connectionId?: string;
  readonly serverCallId?: string;
  /** The `operationContext` of the command that it answers. */
  readonly context?: string;
  readonly result: CallEndCode;
  readonly participants?: readonly ControlledParticipant[];
  readonly sequence?: number;
  /** Raw id. */
  readonly participant?: string;
  readonly tone?: string;
  /** What `RecognizeCompleted` has taken down. */
  readonly tones?: string;
  readonly recordingId?: string;
  readonly recordingState?: string;
}

const prefix = 'Microsoft.Communication.';

/** Reads a callback's body, a JSON array of CloudEvents; undefined when it is none. What is no event in it is left out. */
export function readCallbackEvents(body: unknown): readonly CallbackEvent[] | undefined {
  if (!Array.isArray(body)) return undefined;
  return body.flatMap((one: unknown) => readEvent(one) ?? []);
}

function readEvent(value: unknown): CallbackEvent | undefined {
  if (!isObject(value) || !isObject(value['data'])) return undefined;
  const { id, type, data } = value;
  if (typeof id !== 'string' || typeof type !== 'string' || !type.startsWith(prefix)) return undefined;
  const participants = readParticipants(data['participants']);
  return {
    id,
    type: type.slice(prefix.length),
    result: readResult(data['resultInformation']),
    ...text('connectionId', data['callConnectionId']),
    ...text('serverCallId', data['serverCallId']),
    ...text('context', data['operationContext']),
    ...text('participant', rawIdOf(data['participant'])),
    ...text('tone', toneOf(data['tone'])),
    ...text('tones', readTones(data['dtmfResult'])),
    ...text('recordingId', data['recordingId']),
    ...text('recordingState', data['state']),
    ...(participants !== undefined && { participants }),
    ...(typeof data['sequenceNumber'] === 'number' && { sequence: data['sequenceNumber'] }),
  };
}

function readParticipants(value: unknown): readonly ControlledParticipant[] | undefined {
  if (!Array.isArray(value)) return undefined;
  return value.flatMap((one: unknown) => {
    const rawId = isObject(one) ? rawIdOf(one['identifier']) : undefined;
    if (!isObject(one) || rawId === undefined) return [];
    return { rawId, muted: one['isMuted'] === true, onHold: one['isOnHold'] === true };
  });
}

function readResult(value: unknown): CallEndCode {
  if (!isObject(value)) return { code: 0, subCode: 0 };
  const { code, subCode, message } = value;
  return {
    code: typeof code === 'number' ? code : 0,
    subCode: typeof subCode === 'number' ? subCode : 0,
    ...(typeof message === 'string' && message !== '' && { message }),
  };
}

function readTones(value: unknown): string | undefined {
  if (!isObject(value) || !Array.isArray(value['tones'])) return undefined;
  return value['tones'].map((one: unknown) => toneOf(one) ?? '').join('');
}

/** The raw id of an identifier as it is on the wire. */
export function rawIdOf(identifier: unknown): string | undefined {
  if (!isObject(identifier)) return undefined;
  const { rawId } = identifier;
  return typeof rawId === 'string' && rawId !== '' ? rawId : undefined;
}

const tones: ReadonlyMap<string, string> = new Map([
  ['zero', '0'],
  ['one', '1'],
  ['two', '2'],
  ['three', '3'],
  ['four', '4'],
  ['five', '5'],
  ['six', '6'],
  ['seven', '7'],
  ['eight', '8'],
  ['nine', '9'],
  ['a', 'A'],
  ['b', 'B'],
  ['c', 'C'],
  ['d', 'D'],
  ['pound', '#'],
  ['asterisk', '*'],
]);

const words: ReadonlyMap<string, string> = new Map([...tones].map(([word, tone]) => [tone, word]));

function toneOf(word: unknown): string | undefined {
  return typeof word === 'string' ? tones.get(word.toLowerCase()) : undefined;
}

/** The service's word for a key, such as `pound`; undefined for what is on no phone. */
export function wordOfTone(tone: string): string | undefined {
  return words.get(tone.toUpperCase());
}

export function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function text<Name extends string>(name: Name, value: unknown): { readonly [key in Name]?: string };
function text(name: string, value: unknown): Readonly<Record<string, string>> {
  return typeof value === 'string' ? { [name]: value } : {};
}
