import { add, isClean, noLosses, type Losses } from './compare';
import type { Outcome } from './play';
import type { SeedResult } from './play-seeds';

/** The seeds on which acsChat() did not come through as it must. */
export function failures(results: readonly SeedResult[]): readonly SeedResult[] {
  return results.filter(({ acsChat }) => !isFlawless(acsChat));
}

/** What to print of many seeds: acsChat() beside the bare official client. */
export function report(results: readonly SeedResult[]): string {
  const heals = results.flatMap(({ acsChat }) => acsChat.healedMs ?? []).sort((a, b) => a - b);
  const at = (part: number) => ((heals[Math.floor(part * (heals.length - 1))] ?? 0) / 1000).toFixed(1);
  return [
    `${results.length} schedules of faults`,
    `  acsChat()            ${line(results.map(({ acsChat }) => acsChat))}`,
    `  the official client  ${line(results.map(({ bare }) => bare))}`,
    `  acsChat() healed within ${at(1)} s of virtual time (median ${at(0.5)} s, 95 % ${at(0.95)} s)`,
    ...failures(results)
      .slice(0, 20)
      .map(({ seed, acsChat }) => `  seed ${seed} failed: ${JSON.stringify(acsChat)}`),
  ].join('\n');
}

function line(outcomes: readonly Outcome[]): string {
  const total = outcomes.reduce<Losses>(add, noLosses);
  const sum = (count: (outcome: Outcome) => number) => outcomes.reduce((all, outcome) => all + count(outcome), 0);
  return [
    `of ${sum(({ messages }) => messages)} messages: ${total.lost} lost, ${total.doubled} doubled (${sum(({ takenBack }) => takenBack)} more taken back)`,
    `${total.disordered} out of order, ${total.stale} stale, ${total.invented} invented`,
    `${sum(({ unsent }) => unsent)} sends failed, ${sum(({ uncaught }) => uncaught.length)} errors uncaught`,
    `${outcomes.filter((outcome) => !isFlawless(outcome)).length} schedules with a flaw`,
  ].join(', ');
}

function isFlawless(outcome: Outcome): boolean {
  return isClean(outcome) && outcome.unsent === 0 && outcome.healedMs !== undefined && outcome.uncaught.length === 0;
}
