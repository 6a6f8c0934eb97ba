import { afterTasks } from './after-tasks';
import type { ReactNode } from 'react';
import { flushSync } from 'react-dom';
import { createRoot } from 'react-dom/client';

export interface RowsJob {
  readonly rows: number;
  /** In each conversation, to begin with. */
  readonly messages: number;
  /** Which hooks a row uses, by the contender's own words. */
  readonly hooks: string;
  readonly events: number;
  /** Events before these, which do not count. */
  readonly warmUp: number;
}

export interface RowsReport {
  /** Of each event, in milliseconds. */
  readonly times: readonly number[];
  /** Rows that were rendered for each event. */
  readonly renders: readonly number[];
}

/** A list of conversations, each a `<li>` with a number that every message adds one to. */
export interface Rows {
  readonly list: ReactNode;
  /** A message comes to the conversation of that row. */
  readonly happen: (row: number) => void;
}

declare global {
  var measureRows: (job: RowsJob) => Promise<RowsReport>;
}

let rendered = 0;

/** Said by each row that renders. */
export function renderedRow(): void {
  rendered++;
}

/** Makes a page that measures what the rows of a contender cost: from the event until React has changed the page. */
export function measureRowsOf(make: (job: RowsJob) => Promise<Rows>): void {
  globalThis.measureRows = async (job) => {
    const { list, happen } = await make(job);
    const container = document.createElement('ol');
    document.body.append(container);
    flushSync(() => createRoot(container).render(list));
    await idle();
    const numbers = () => [...container.children].map((row) => Number(row.textContent));
    const before = numbers();
    if (before.length !== job.rows || before.some(Number.isNaN)) throw new Error('unable to measure; rows are missing');
    const times: number[] = [];
    const renders: number[] = [];
    const touched = new Array<number>(job.rows).fill(0);
    for (let event = -job.warmUp; event < job.events; event++) {
      // Spread over the list; a step that is no divisor of its length meets every row.
      const row = ((event + job.warmUp) * 7) % job.rows;
      rendered = 0;
      const from = performance.now();
      flushSync(() => happen(row));
      const to = performance.now();
      touched[row] = (touched[row] ?? 0) + 1;
      if (event >= 0) {
        times.push(to - from);
        renders.push(rendered);
      }
      await (event % 50 === 0 ? idle() : afterTasks());
    }
    const after = numbers();
    const wrong = after.findIndex((number, row) => number !== (before[row] ?? 0) + (touched[row] ?? 0));
    if (wrong >= 0)
      throw new Error(
        `unable to measure; row ${wrong} shows ${after[wrong]} after ${touched[wrong]} on ${before[wrong]}`,
      );
    return { times, renders };
  };
}

/** After everything that was begun, and the page was painted. */
function idle(): Promise<void> {
  return new Promise((resolve) => setTimeout(() => requestAnimationFrame(() => setTimeout(resolve)), 0));
}
