import { createHmac, timingSafeEqual } from 'node:crypto';
import { ContactCenterError, type Random } from 'onescreen';

/** Signs what lets a customer, and nobody else, back into one conversation; nothing of it is kept. */
export class ResumeKey {
  readonly #random: Random;
  #key: string | undefined;

  /** Left out: a key that ends with this process. */
  constructor(key: string | undefined, random: Random) {
    this.#key = key;
    this.#random = random;
  }

  /** The conversation's token: its id and a signature. */
  issue(conversationId: string): string {
    return `${conversationId}.${this.#sign('resume', conversationId)}`;
  }

  accepts(conversationId: string, secret: string): boolean {
    return this.#isSame(secret, this.#sign('resume', conversationId));
  }

  /** What a log may hold of something that is not to be read from it. */
  digest(text: string): string {
    return this.#sign('digest', text);
  }

  #sign(purpose: string, text: string): string {
    this.#key ??= `${this.#random.id()}${this.#random.id()}`;
    return createHmac('sha256', this.#key).update(`${purpose} ${text}`).digest('base64url');
  }

  #isSame(given: string, wanted: string): boolean {
    const [one, other] = [Buffer.from(given), Buffer.from(wanted)];
    return one.length === other.length && timingSafeEqual(one, other);
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
