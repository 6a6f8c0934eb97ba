import { BehaviorSubject, distinctUntilChanged, map } from 'rxjs';
import { subscribers } from '../contenders/contender';
import type { CallContender } from './call-contender';

interface Somebody {
  readonly id: string;
  readonly speaking: boolean;
}

const chunkSize = 32;

/** The least: chunks of participants, of which a change copies one, delivered by RxJS. */
export function floor(participants: number): CallContender {
  let calls = 0;
  const chunks: (readonly Somebody[])[] = [];
  for (let from = 0; from < participants; from += chunkSize) {
    const size = Math.min(chunkSize, participants - from);
    chunks.push(Array.from({ length: size }, (_, index) => ({ id: `8:acs:${from + index}`, speaking: false })));
  }
  const state = new BehaviorSubject<{ readonly participants: readonly (readonly Somebody[])[] }>({
    participants: chunks,
  });
  const view = state.pipe(
    map((call) => call.participants),
    distinctUntilChanged(),
  );
  for (let each = 0; each < subscribers; each++) view.subscribe(() => calls++);
  return {
    speak(index, speaking) {
      const number = Math.floor(index / chunkSize);
      const all = state.value.participants.slice();
      const chunk = all[number]?.slice() ?? [];
      const before = chunk[index % chunkSize];
      if (before === undefined || before.speaking === speaking) return;
      chunk[index % chunkSize] = { id: before.id, speaking };
      all[number] = chunk;
      state.next({ participants: all });
    },
    speaking: () => state.value.participants.flat().map((one) => one.speaking),
    calls: () => calls,
  };
}
