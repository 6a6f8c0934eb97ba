import type { ReactNode } from 'react';
import { flushSync } from 'react-dom';
import { createRoot } from 'react-dom/client';
import { afterTasks } from './after-tasks';

export interface ViewJob {
  /** In the conversation, to begin with. */
  readonly messages: number;
  readonly events: number;
  readonly warmUp: number;
}

export interface ViewReport {
  /** Of each message, in milliseconds. */
  readonly times: readonly number[];
  /** Elements on the page, when all was said. */
  readonly elements: number;
}

/** A conversation on the page, and what is said in it. */
export interface View {
  readonly view: ReactNode;
  /** A message comes; returns its text. */
  readonly arrive: () => string;
}

declare global {
  var measureView: (job: ViewJob) => Promise<ViewReport>;
}

/**
 * Makes a page that measures what a message costs in the view of a conversation: from the event until React has done all
 * that it does for it and the page knows where everything is.
 */
export function measureViewOf(make: (messages: number) => Promise<View>): void {
  globalThis.measureView = async ({ messages, events, warmUp }) => {
    const { view, arrive } = await make(messages);
    const container = document.createElement('main');
    container.style.cssText = 'height: 600px; display: flex; flex-direction: column; overflow: hidden';
    document.body.append(container);
    flushSync(() => createRoot(container).render(view));
    await painted();
    await painted();
    const times: number[] = [];
    const waits: number[] = [];
    const rests: number[] = [];
    for (let event = -warmUp; event < events; event++) {
      let text = '';
      const from = performance.now();
      flushSync(() => {
        text = arrive();
      });
      laidOut(container);
      const soon = performance.now();
      await afterTasks();
      const later = performance.now();
      laidOut(container);
      const to = performance.now();
      await painted();
      if (!container.textContent.includes(text)) throw new Error(`unable to measure; ${text} is not on the page`);
      const idle = performance.now();
      await afterTasks();
      waits.push(performance.now() - idle);
      await painted();
      if (event < 0) continue;
      times.push(soon - from + (to - later));
      rests.push(later - soon);
    }
    // The wait itself is no work of the contender's.
    const wait = waits.sort((a, b) => a - b)[Math.floor(waits.length / 2)] ?? 0;
    return {
      times: times.map((time, event) => time + Math.max(0, (rests[event] ?? 0) - wait)),
      elements: container.querySelectorAll('*').length,
    };
  };
}

function laidOut(element: HTMLElement): number {
  return element.getBoundingClientRect().height + element.scrollHeight;
}

function painted(): Promise<void> {
  return new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve)));
}
