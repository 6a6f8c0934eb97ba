import type { Labels, LabelValue, Selector } from 'onescreen';
import { compareLabel, idLabel, satisfies } from './selectors';
import { Table } from './table';
import type { WorkerRecord } from './worker-record';

/** Most labels, and most values of all of them, that have a bit; what else tasks ask for is looked up worker by worker. */
const mostKeys = 128;
const mostValues = 384;

/** Words of a row before the bits of the facts: which channels have room, and the version of the worker's standing. */
const roomWord = 0;
const versionWord = 1;
const firstWord = 2;

/** What a task can ask of a worker's labels: that there is one of this name, or one that compares like this. */
export interface Fact {
  readonly key: string;
  /** Left out: any value will do. */
  readonly operator: Selector['operator'] | undefined;
  readonly value: LabelValue | undefined;
  /** A number of its own, from 1. */
  readonly number: number;
  /** Where in a worker's row it has its bit, and which. */
  readonly word: number;
  readonly bit: number;
  /** How many registered workers satisfy it. */
  workers: number;
}

/** A label that tasks ask for. */
interface AskedLabel {
  readonly any: Fact;
  readonly byOperator: Partial<Record<Selector['operator'], Map<LabelValue, Fact>>>;
}

/** What a task asks for, made ready to be compared with many workers. */
export interface Demand {
  /** The bits that a worker must have: by turns a word of its row, and a mask. */
  readonly bits: readonly number[];
  /** What has no bit. */
  readonly others: readonly Selector[];
  /** Of its labels that must be there, or be equal, the two that the fewest workers satisfy, the rarer one first. */
  readonly first: Fact | undefined;
  readonly second: Fact | undefined;
}

const none: readonly never[] = [];
const noDemand: Demand = { bits: none, others: none, first: undefined, second: undefined };

/**
 * What is looked at most often of all workers, as a table: a row for each, with the channels that have room, the
 * version of its standing, and a bit for everything that tasks have asked for so far.
 */
export class Facts {
  /** Rows by the workers' numbers. */
  readonly table = new Table();
  readonly #all: Fact[] = [];
  readonly #labels = new Map<string, AskedLabel>();
  readonly #workers: Iterable<WorkerRecord>;
  #valuesLeft = mostValues;
  // Filled again and again: an array that grows keeps room for more.
  readonly #bits: number[] = [];

  /** `workers`: those who are in the table. */
  constructor(workers: Iterable<WorkerRecord>) {
    this.#workers = workers;
  }

  /** Fills the row of a worker who comes. */
  enter(worker: WorkerRecord): void {
    this.table.reserve(worker.number, 0);
    for (const fact of this.#all) this.#tell(worker, fact);
  }

  leave({ number }: WorkerRecord): void {
    for (const fact of this.#all) if (this.has(number, fact)) fact.workers -= 1;
    this.table.clear(number);
  }

  /** To be called after anything changed. `room`: a bit for each channel that has some. */
  note({ number }: WorkerRecord, room: number): void {
    this.table.cells[number * this.table.stride + roomWord] = room;
  }

  /** A bit for each channel that has room. */
  roomOf({ number }: WorkerRecord): number {
    return this.table.cells[number * this.table.stride + roomWord] ?? 0;
  }

  /** To be called when the worker's standing has changed. */
  renew({ number, standing }: WorkerRecord): void {
    this.table.cells[number * this.table.stride + versionWord] = standing;
  }

  has(number: number, { word, bit }: Fact): boolean {
    return ((this.table.cells[number * this.table.stride + word] ?? 0) & bit) !== 0;
  }

  /** Whether a worker satisfies all selectors of a demand. */
  answer(worker: WorkerRecord, { bits, others }: Demand): boolean {
    const { cells, stride } = this.table;
    const row = worker.number * stride;
    for (let at = 0; at < bits.length; at += 2) {
      const mask = bits[at + 1] ?? 0;
      if (((cells[row + (bits[at] ?? 0)] ?? 0) & mask) !== mask) return false;
    }
    for (const selector of others) if (!satisfies(worker, selector)) return false;
    return true;
  }

  demandOf(selectors: readonly Selector[]): Demand {
    if (selectors.length === 0) return noDemand;
    const bits = this.#bits;
    bits.length = 0;
    let others: Selector[] | undefined;
    let first: Fact | undefined;
    let second: Fact | undefined;
    for (const selector of selectors) {
      const label = this.#label(selector.key);
      const fact = label && this.#factOf(label, selector);
      if (fact === undefined) (others ??= []).push(selector);
      else addBit(bits, fact);
      if (label === undefined || selector.operator === 'notEqual') continue;
      const term = selector.operator === 'equal' && fact !== undefined ? fact : label.any;
      if (first === undefined || (term !== first && term.workers < first.workers)) {
        second = first;
        first = term;
      } else if (term !== first && (second === undefined || term.workers < second.workers)) second = term;
    }
    return { bits: bits.slice(), others: others ?? none, first, second };
  }

  #label(key: string): AskedLabel | undefined {
    const known = this.#labels.get(key);
    if (known !== undefined || key === idLabel || this.#labels.size === mostKeys) return known;
    const label: AskedLabel = { any: this.#create(key, undefined, undefined), byOperator: {} };
    this.#labels.set(key, label);
    return label;
  }

  #factOf({ any, byOperator }: AskedLabel, { operator, value }: Selector): Fact | undefined {
    const byValue = (byOperator[operator] ??= new Map<LabelValue, Fact>());
    let fact = byValue.get(value);
    if (fact === undefined && this.#valuesLeft > 0) {
      this.#valuesLeft -= 1;
      byValue.set(value, (fact = this.#create(any.key, operator, value, any)));
    }
    return fact;
  }

  // `any`: that there is such a label at all, which most workers do not have.
  #create(key: string, operator: Fact['operator'], value: LabelValue | undefined, any?: Fact): Fact {
    const index = this.#all.length;
    const word = firstWord + (index >> 5);
    const fact: Fact = { key, operator, value, number: index + 1, word, bit: 1 << (index & 31), workers: 0 };
    this.table.reserve(0, word);
    this.#all.push(fact);
    for (const worker of this.#workers)
      if (any === undefined || operator === 'notEqual' || this.has(worker.number, any)) this.#tell(worker, fact);
    return fact;
  }

  #tell({ number, labels }: WorkerRecord, fact: Fact): void {
    if (!isTrue(labels, fact)) return;
    fact.workers += 1;
    const { cells, stride } = this.table;
    const at = number * stride + fact.word;
    cells[at] = (cells[at] ?? 0) | fact.bit;
  }
}

function addBit(bits: number[], { word, bit }: Fact): void {
  for (let at = 0; at < bits.length; at += 2) {
    if (bits[at] !== word) continue;
    bits[at + 1] = (bits[at + 1] ?? 0) | bit;
    return;
  }
  bits.push(word, bit);
}

function isTrue(labels: Labels, { key, operator, value }: Fact): boolean {
  const label = Object.hasOwn(labels, key) ? labels[key] : undefined;
  return operator === undefined || value === undefined ? label !== undefined : compareLabel(label, operator, value);
}
