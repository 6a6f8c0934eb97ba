import { isContactCenterError } from 'onescreen';
import type { EmulatorCore } from '../create-emulator';
import { badRequest, notFound } from '../http/service-error';
import { optionalInteger, optionalString, requireText, type JsonObject } from '../http/validation';
import type { Impairment } from './media-unit';
import type { PhoneBehaviour } from './phones';

const count = { min: 1, max: 1_000_000 };
const duration = { min: 0, max: 1_000_000_000 };
const code = { min: 0, max: 1_000_000 };

const reactions = ['answer', 'busy', 'decline', 'no-answer', 'unknown'] as const;

/** The calls' part of the control surface. */
export function serveCallControl(
  core: Pick<EmulatorCore, 'faults' | 'phones'>,
  post: (path: string, run: (body: JsonObject) => unknown) => void,
): void {
  const { phones } = core;
  const { calls } = core.faults;
  const times = (body: JsonObject) => optionalInteger(body.times, 'times', count) ?? 1;

  post('/calls/drop', (body) => ({ pages: calls.dropSignalling(optionalString(body.user, 'user')) }));
  post('/calls/media', (body) => ({
    legs: calls.impairMedia(requireText(body.user, 'user'), readImpairment(body)),
  }));
  post('/calls/fail-adds', (body) =>
    calls.failAdds(
      { code: requireInteger(body.code, 'code'), subCode: requireInteger(body.subCode, 'subCode') },
      times(body),
    ),
  );
  post('/calls/delay-rings', (body) => calls.delayRings(optionalInteger(body.ms, 'ms', duration) ?? 0, times(body)));
  post('/calls/lose-rings', (body) => calls.loseRings(times(body)));
  post('/calls/lose-contexts', (body) => calls.loseContexts(times(body)));

  post('/phones/set', (body) =>
    asked('number', () => phones.set(requireText(body.number, 'number'), readBehaviour(body))),
  );
  post('/phones/call', (body) =>
    asked('from', () => {
      const displayName = optionalString(body.displayName, 'displayName');
      const speaks = readSpeaks(body.speaks);
      const call = phones.callFrom(requireText(body.from, 'from'), {
        to: requireText(body.to, 'to'),
        ...(displayName !== undefined && { displayName }),
        ...(speaks !== undefined && { speaks }),
      });
      return { id: call.id, ...call.state$.value };
    }),
  );
  post('/phones/hang-up', (body) => {
    const number = requireText(body.number, 'number');
    const call = phones.calls.find((one) => one.number === number);
    if (call === undefined) throw notFound('The phone is in no call.');
    call.hangUp();
  });
}

function readImpairment(body: JsonObject): Impairment | undefined {
  const { cut, loss } = body;
  if (cut !== undefined && typeof cut !== 'boolean') throw badRequest('cut must be true or false.', 'cut');
  if (loss !== undefined && !(typeof loss === 'number' && loss >= 0 && loss <= 1))
    throw badRequest('loss must be a number from 0 to 1.', 'loss');
  const delayMs = optionalInteger(body.delayMs, 'delayMs', duration);
  if (cut === undefined && loss === undefined && delayMs === undefined) return undefined;
  return {
    ...(cut !== undefined && { cut }),
    ...(loss !== undefined && { loss }),
    ...(delayMs !== undefined && { delayMs }),
  };
}

function readBehaviour(body: JsonObject): PhoneBehaviour {
  const reaction = reactions.find((one) => one === body.reaction);
  if (body.reaction !== undefined && reaction === undefined)
    throw badRequest(`reaction must be among ${reactions.join(', ')}.`, 'reaction');
  const afterMs = optionalInteger(body.afterMs, 'afterMs', duration);
  const hangsUpAfterMs = optionalInteger(body.hangsUpAfterMs, 'hangsUpAfterMs', duration);
  const speaks = readSpeaks(body.speaks);
  return {
    ...(reaction !== undefined && { reaction }),
    ...(afterMs !== undefined && { afterMs }),
    ...(hangsUpAfterMs !== undefined && { hangsUpAfterMs }),
    ...(speaks !== undefined && { speaks }),
  };
}

function readSpeaks(value: unknown): boolean | number | undefined {
  if (value === undefined || typeof value === 'boolean') return value;
  if (typeof value === 'number' && Number.isInteger(value)) return value;
  throw badRequest('speaks must be true, false or the seed of a voice.', 'speaks');
}

function requireInteger(value: unknown, field: string): number {
  const number = optionalInteger(value, field, code);
  if (number === undefined) throw badRequest(`${field} is missing.`, field);
  return number;
}

/** What the emulator refuses as an argument is a bad request here. */
function asked<T>(field: string, run: () => T): T {
  try {
    return run();
  } catch (error) {
    throw isContactCenterError(error, 'command/invalid') ? badRequest(error.message, field) : error;
  }
}
