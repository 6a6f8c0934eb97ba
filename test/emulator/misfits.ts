import type { Exchange } from 'onescreen/emulator';
import { checkExchange } from './openapi';

/** Collects what is wrong with an emulator's answers by the published descriptions. */
export class Misfits {
  #complaints: string[] = [];
  #checked = 0;

  /** How many answers were compared with a description. */
  get checked(): number {
    return this.#checked;
  }

  readonly check = (exchange: Exchange): void => {
    const result = checkExchange(exchange);
    if (result === undefined) return;
    this.#checked += 1;
    this.#complaints.push(...result.complaints.map((complaint) => `${exchange.method} ${exchange.path}: ${complaint}`));
  };

  /** The complaints so far, each once. */
  take(): readonly string[] {
    const complaints = this.#complaints;
    this.#complaints = [];
    return complaints;
  }
}
