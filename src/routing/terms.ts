import type { Labels, LabelValue, Selector } from 'onescreen';
import { compareLabel, idLabel } from './selectors';
import type { WorkerRecord } from './worker-record';

/** Most labels, and most values of all of them, that are told apart; what else tasks ask for is looked up worker by worker. */
const mostKeys = 128;
const mostValues = 128;

/** So many terms have a bit of their own, which keeps masks small integers. */
const bits = 30;

/** What a task can ask of a worker's labels: that there is one of this name, or one of this name and value. */
export interface Term {
  readonly key: string;
  readonly value: LabelValue | undefined;
  /** A number of its own, from 1. */
  readonly number: number;
  /** A worker without it does not satisfy the term, one with it does; 0 for terms beyond the first 30. */
  readonly bit: number;
  /** How many registered workers satisfy it. */
  workers: number;
}

/** A label that tasks ask for. */
interface AskedLabel {
  readonly name: string;
  /** Where workers have their value of it in {@link WorkerRecord.row}. */
  readonly column: number;
  readonly any: Term;
  readonly byValue: Map<LabelValue, Term>;
}

/** One selector, with the place where its label is found; -1 for one that is looked up by name. */
interface Test {
  readonly column: number;
  readonly selector: Selector;
}

/** What a task asks for, made ready to be compared with many workers. */
export interface Demand {
  /** Bits of the terms that a worker must satisfy. */
  readonly mask: number;
  /** What the mask does not tell. */
  readonly tests: readonly Test[];
  /** The two terms that the fewest workers satisfy, the rarer one first. */
  readonly first: Term | undefined;
  readonly second: Term | undefined;
}

const noTests: readonly Test[] = [];
const noDemand: Demand = { mask: 0, tests: noTests, first: undefined, second: undefined };

/** The terms that tasks have asked for so far. */
export class Terms {
  readonly all: Term[] = [];
  readonly #labels = new Map<string, AskedLabel>();
  #valuesLeft = mostValues;
  readonly #created: (term: Term) => void;

  /** `created` is called with each new term, to count its workers. */
  constructor(created: (term: Term) => void) {
    this.#created = created;
  }

  demandOf(selectors: readonly Selector[]): Demand {
    if (selectors.length === 0) return noDemand;
    let mask = 0;
    let tests: Test[] | undefined;
    let first: Term | undefined;
    let second: Term | undefined;
    for (const selector of selectors) {
      const { operator, value } = selector;
      const label = this.#label(selector.key);
      let isTold = false;
      if (label !== undefined && operator !== 'notEqual') {
        const exact = operator === 'equal' ? this.#valueTerm(label, value) : undefined;
        const term = exact ?? label.any;
        mask |= term.bit;
        isTold = exact !== undefined && exact.bit !== 0;
        if (first === undefined || (term !== first && term.workers < first.workers)) {
          second = first;
          first = term;
        } else if (term !== first && (second === undefined || term.workers < second.workers)) second = term;
      }
      if (!isTold) (tests ??= []).push({ column: label?.column ?? -1, selector });
    }
    return { mask, tests: tests ?? noTests, first, second };
  }

  /** The worker's values of all labels that tasks ask for, by column. */
  rowOf(labels: Labels): (LabelValue | undefined)[] {
    return Array.from(this.#labels.values(), ({ name }) => valueOf(labels, name));
  }

  #label(name: string): AskedLabel | undefined {
    const known = this.#labels.get(name);
    if (known !== undefined || name === idLabel || this.#labels.size === mostKeys) return known;
    const column = this.#labels.size;
    const any = this.#term(name, undefined);
    const label: AskedLabel = { name, column, any, byValue: new Map<LabelValue, Term>() };
    this.#labels.set(name, label);
    this.#created(any);
    return label;
  }

  #valueTerm({ name, byValue }: AskedLabel, value: LabelValue): Term | undefined {
    const known = byValue.get(value);
    if (known !== undefined || this.#valuesLeft === 0) return known;
    this.#valuesLeft -= 1;
    const term = this.#term(name, value);
    byValue.set(value, term);
    this.#created(term);
    return term;
  }

  #term(key: string, value: LabelValue | undefined): Term {
    const number = this.all.length + 1;
    const term: Term = { key, value, number, bit: number <= bits ? 1 << (number - 1) : 0, workers: 0 };
    this.all.push(term);
    return term;
  }
}

export function meets(labels: Labels, { key, value }: Term): boolean {
  const label = valueOf(labels, key);
  return value === undefined ? label !== undefined : label === value;
}

/** Whether a worker of the index satisfies all selectors of a demand. */
export function answers({ mask, row, id, labels }: WorkerRecord, demand: Demand): boolean {
  if ((mask & demand.mask) !== demand.mask) return false;
  for (const { column, selector } of demand.tests) {
    const { key, operator, value } = selector;
    const label = column >= 0 ? row[column] : key === idLabel ? id : valueOf(labels, key);
    if (!compareLabel(label, operator, value)) return false;
  }
  return true;
}

function valueOf(labels: Labels, key: string): LabelValue | undefined {
  return Object.hasOwn(labels, key) ? labels[key] : undefined;
}
