import type { Clock } from 'onescreen';

/** Milliseconds for which the answer to a request is kept (chosen; the headers' description demands 5 minutes). */
const keptMs = 5 * 60_000;

/** Gives the same answer to the same request again, by its `Repeatability-Request-ID`, without doing it twice. */
export class Repeatability {
  readonly #clock: Clock;
  readonly #answers = new Map<string, { readonly until: number; readonly answer: Promise<Response> }>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  async run(operation: string, request: Request, run: () => Promise<Response>): Promise<Response> {
    const id = request.headers.get('repeatability-request-id');
    if (id === null || id === '') return run();
    const now = this.#clock.now();
    for (const [key, { until }] of this.#answers) {
      if (until > now) break;
      this.#answers.delete(key);
    }
    const key = `${operation} ${new URL(request.url).pathname} ${id.toLowerCase()}`;
    const known = this.#answers.get(key);
    if (known !== undefined) return (await known.answer).clone();
    const answer = run();
    this.#answers.set(key, { until: now + keptMs, answer });
    // A refused request may be tried again.
    answer.catch(() => this.#answers.delete(key));
    const response = (await answer).clone();
    response.headers.set('repeatability-result', 'accepted');
    return response;
  }
}
