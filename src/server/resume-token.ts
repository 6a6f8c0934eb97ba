import { createHash, timingSafeEqual } from 'node:crypto';
import { ContactCenterError, type Random } from 'onescreen';

/** How many tokens of one conversation count at a time; a repeated start hands out another. */
const kept = 3;

/** What lets a customer, and nobody else, back into one conversation. Only digests are kept. */
export class ResumeTokens {
  #digests: readonly Buffer[] = [];

  /** Whether anybody was given one: the customer has a page. */
  get issued(): boolean {
    return this.#digests.length > 0;
  }

  /** A new token: the conversation's id and 244 random bits. */
  issue(conversationId: string, random: Random): string {
    const secret = `${random.id()}${random.id()}`.replaceAll('-', '');
    this.#digests = [...this.#digests, digest(secret)].slice(-kept);
    return `${conversationId}.${secret}`;
  }

  accepts(secret: string): boolean {
    const given = digest(secret);
    // Every one is compared, so that the time taken says nothing.
    return this.#digests.reduce((found, known) => timingSafeEqual(known, given) || found, false);
  }
}

/** Takes a resume token apart. Throws `session/unauthorized` for what is none. */
export function parseResumeToken(token: unknown): { readonly conversationId: string; readonly secret: string } {
  const text = typeof token === 'string' && token.length <= 256 ? token : '';
  const dot = text.lastIndexOf('.');
  if (dot < 1 || dot === text.length - 1) throw unknownToken();
  return { conversationId: text.slice(0, dot), secret: text.slice(dot + 1) };
}

export function unknownToken(): ContactCenterError {
  return new ContactCenterError('session/unauthorized', 'unable to resume conversation; the token is not known here');
}

function digest(secret: string): Buffer {
  return createHash('sha256').update(secret).digest();
}
