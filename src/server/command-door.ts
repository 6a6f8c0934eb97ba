import * as v from 'valibot';
import { ContactCenterError, toContactCenterError } from 'onescreen';
import type { AnswerFrame } from '../protocol/frames';
import type { Answers } from './answers';
import { carryOut } from './command-context';
import { parse } from './command-schemas';
import { errorFields, type Logger } from 'onescreen/logging';
import type { CarriedOut } from './restart/carried-out';
import type { TokenBucket } from './token-bucket';

/** Largest frame taken, in characters of JSON: room for the longest message as text and as HTML, escaped. */
const maxFrame = 131_072;

/** Commands that change nothing. */
const reads: ReadonlySet<string> = new Set(['log/before', 'conversation/previous', 'directory/search', 'token/get']);

type CommandMap<Commands> = { readonly [Name in keyof Commands]: { readonly args: unknown; readonly result: unknown } };

export type Handlers<Commands extends CommandMap<Commands>> = {
  readonly [Name in keyof Commands]: (
    args: Commands[Name]['args'],
  ) => Commands[Name]['result'] | Promise<Commands[Name]['result']>;
};

type Schemas<Commands extends CommandMap<Commands>> = {
  readonly [Name in keyof Commands]: v.GenericSchema<unknown, Commands[Name]['args']>;
};

const commandFrame = v.object({
  type: v.literal('command'),
  id: v.pipe(v.string(), v.minLength(1), v.maxLength(128)),
  name: v.pipe(v.string(), v.maxLength(64)),
  args: v.unknown(),
});

/**
 * Carries out the command in a frame, each id once, and resolves with its answer. Resolves with undefined for
 * a frame that is no command and cannot be answered.
 */
export async function receiveCommand<Commands extends CommandMap<Commands>>(
  frame: unknown,
  door: {
    readonly schemas: Schemas<Commands>;
    readonly handlers: Handlers<Commands>;
    readonly answers: Answers;
    readonly frames: TokenBucket;
    /** Throws when nothing more is carried out for this page. */
    readonly guard?: () => void;
    readonly logger: Logger;
    /** Whose command it is: an agent's, or the customer's of this conversation. */
    readonly who: { readonly agentId: string } | { readonly conversationId: string };
    /** What servers before this one have done already of commands that may be sent again. */
    readonly carriedOut: CarriedOut;
  },
): Promise<AnswerFrame | undefined> {
  const { schemas, handlers, answers, frames, guard, logger, who, carriedOut } = door;
  const frameId = idOf(frame);
  // A repetition gets the answer it has: it may have been carried out before the link broke.
  const waitMs = frameId !== undefined && answers.has(frameId) ? 0 : frames.take();
  if (waitMs > 0) {
    if (frameId === undefined) return undefined;
    const error = new ContactCenterError('command/rate-limited', 'unable to carry out command; there are too many', {
      retryable: true,
      retryAfterMs: waitMs,
    });
    return { type: 'answer', id: frameId, ok: false, error: error.toJSON() };
  }
  const text = jsonOf(frame);
  const plain: unknown = text === undefined || text.length > maxFrame ? undefined : JSON.parse(text);
  const command = v.safeParse(commandFrame, plain);
  if (!command.success) {
    logger.warn('frame-refused', { ...who, size: text?.length });
    const why = (text?.length ?? 0) > maxFrame ? 'it is too large' : 'it is not a command';
    const error = new ContactCenterError('command/invalid', `unable to read frame; ${why}`, { field: 'frame' });
    return frameId === undefined ? undefined : { type: 'answer', id: frameId, ok: false, error: error.toJSON() };
  }
  const { id, name, args } = command.output;
  const answer = async (): Promise<AnswerFrame> => {
    try {
      guard?.();
      if (!isNameIn(name, handlers)) {
        throw new ContactCenterError('command/invalid', 'unable to carry out command; its name is unknown', {
          field: 'name',
        });
      }
      const input = parse(schemas[name], args, 'carry out command', 'args');
      const before = carriedOut.of('agentId' in who ? who.agentId : who.conversationId, id, name);
      const command = {
        ...{ id, name },
        ...('agentId' in who && { agentId: who.agentId }),
        ...(before !== undefined && { begun: before.begun }),
      };
      const result = before?.result ?? (await carryOut(command, async () => handlers[name](input)));
      return { type: 'answer', id, ok: true, result };
    } catch (error) {
      const known = toContactCenterError(error, 'command/failed', 'unable to carry out command; the server failed');
      if (known !== error) logger.error('command-failed', { ...who, name, ...errorFields(error) });
      return { type: 'answer', id, ok: false, error: known.toJSON() };
    }
  };
  return answers.once(id, answer, reads.has(name));
}

function isNameIn<T extends object>(name: PropertyKey, table: T): name is keyof T {
  return Object.hasOwn(table, name);
}

function jsonOf(frame: unknown): string | undefined {
  try {
    return JSON.stringify(frame);
  } catch {
    return undefined;
  }
}

function idOf(frame: unknown): string | undefined {
  if (typeof frame !== 'object' || frame === null || !('id' in frame)) return undefined;
  return typeof frame.id === 'string' && frame.id.length <= 128 ? frame.id : undefined;
}
