import type { AcsPages } from './official-client';
import type { Requests } from './requests';

/** Reads a list of the official client page by page. A page that failed ends it: start another. */
export class Pager<T> {
  readonly #requests: Requests;
  readonly #action: string;
  readonly #list: () => Promise<AcsPages<T>>;
  #pages: AsyncIterator<readonly T[], unknown> | undefined;

  constructor(requests: Requests, action: string, list: () => Promise<AcsPages<T>>) {
    this.#requests = requests;
    this.#action = action;
    this.#list = list;
  }

  /** Undefined after the last page. @throws ContactCenterError */
  async next(): Promise<readonly T[] | undefined> {
    const going = this.#pages;
    let asked = false;
    const result = await this.#requests.make(this.#action, async () => {
      if (going === undefined) return (this.#pages = (await this.#list()).byPage()).next();
      // An iterator that has thrown says `done` when asked again, which would look like the end of the list.
      if (asked) throw new Error('the list must be read from its beginning again');
      asked = true;
      return going.next();
    });
    return result.done === true ? undefined : result.value;
  }
}
