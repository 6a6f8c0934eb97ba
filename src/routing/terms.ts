import type { Labels, LabelValue, Selector } from 'onescreen';
import { idLabel } from './selectors';

/** Most labels, and most values of all of them, that are told apart; what else tasks ask for is looked up worker by worker. */
const mostKeys = 128;
const mostValues = 128;

/** What a task can ask of a worker's labels: that there is one of this name, or one of this name and value. */
export interface Term {
  readonly key: string;
  readonly value: LabelValue | undefined;
  /** A number of its own, from 1. */
  readonly number: number;
  /** One of 30 bits: a worker without it does not satisfy the term. */
  readonly bit: number;
  /** How many registered workers satisfy it. */
  workers: number;
}

/** The terms that tasks have asked for so far. */
export class Terms {
  readonly all: Term[] = [];
  readonly #byKey = new Map<string, Map<LabelValue | undefined, Term>>();
  readonly #left = { keys: mostKeys, values: mostValues };
  readonly #created: (term: Term) => void;

  /** `created` is called with each new term, to count its workers. */
  constructor(created: (term: Term) => void) {
    this.#created = created;
  }

  /** What every worker who satisfies the selector satisfies as well; undefined when that is nothing that is kept. */
  of({ key, operator, value }: Selector): Term | undefined {
    if (operator === 'notEqual' || key === idLabel) return undefined;
    return (operator === 'equal' ? this.#term(key, value) : undefined) ?? this.#term(key, undefined);
  }

  #term(key: string, value: LabelValue | undefined): Term | undefined {
    let values = this.#byKey.get(key);
    const known = values?.get(value);
    if (known !== undefined || this.#left[value === undefined ? 'keys' : 'values'] === 0) return known;
    this.#left[value === undefined ? 'keys' : 'values'] -= 1;
    if (values === undefined) this.#byKey.set(key, (values = new Map<LabelValue | undefined, Term>()));
    const number = this.all.length + 1;
    const term: Term = { key, value, number, bit: 1 << (number % 30), workers: 0 };
    values.set(value, term);
    this.all.push(term);
    this.#created(term);
    return term;
  }
}

export function meets(labels: Labels, { key, value }: Term): boolean {
  if (!Object.hasOwn(labels, key)) return false;
  return value === undefined || labels[key] === value;
}
