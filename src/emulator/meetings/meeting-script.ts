import type { Cancel, Clock } from 'onescreen';
import type { GivenRole } from './meeting-settings';

/** What a simulated person does in a meeting. Times are milliseconds after they have joined, unless said otherwise. */
export interface MeetingScript {
  /** Raw id. Default: the organizer. */
  readonly user?: string;
  /** Default: the name of the simulated Teams user with that id, else `Organizer`. */
  readonly displayName?: string;
  /** Milliseconds after the script was given. Default 0. */
  readonly joinAfterMs?: number;
  /** Lets everybody in who waits, so long after both are there. */
  readonly admitAfterMs?: number;
  /** Turns everybody away who waits, so long after both are there. */
  readonly denyAfterMs?: number;
  readonly roles?: readonly { readonly afterMs: number; readonly user: string; readonly role: GivenRole }[];
  readonly says?: readonly { readonly afterMs: number; readonly text: string }[];
  readonly recordAfterMs?: number;
  readonly stopRecordingAfterMs?: number;
  /** Ends the meeting for everybody. */
  readonly endAfterMs?: number;
  readonly leaveAfterMs?: number;
}

/** What a script needs to be able to do. */
export interface ScriptHands {
  join(): void;
  leave(): void;
  say(text: string): void;
  setRole(user: string, role: GivenRole): void;
  record(on: boolean): void;
  end(): void;
  /** Who waits and has not been answered for yet, each once. */
  newGuests(): readonly string[];
  admit(rawId: string): void;
  deny(rawId: string): void;
  /** Calls back after each change in the meeting. */
  watch(run: () => void): Cancel;
}

/** Plays a script; the answer calls off what is still to come. */
export function playScript(clock: Clock, script: MeetingScript, hands: ScriptHands): Cancel {
  const cancels: Cancel[] = [];
  const at = (ms: number | undefined, run: () => void) => {
    if (ms !== undefined) cancels.push(clock.schedule(ms, run));
  };
  const { admitAfterMs, denyAfterMs } = script;
  const answerGuests = () => {
    if (admitAfterMs === undefined && denyAfterMs === undefined) return;
    for (const guest of hands.newGuests()) {
      at(admitAfterMs, () => hands.admit(guest));
      at(denyAfterMs, () => hands.deny(guest));
    }
  };
  at(script.joinAfterMs ?? 0, () => {
    hands.join();
    cancels.push(hands.watch(answerGuests));
    answerGuests();
    for (const { afterMs, user, role } of script.roles ?? []) at(afterMs, () => hands.setRole(user, role));
    for (const { afterMs, text } of script.says ?? []) at(afterMs, () => hands.say(text));
    at(script.recordAfterMs, () => hands.record(true));
    at(script.stopRecordingAfterMs, () => hands.record(false));
    at(script.leaveAfterMs, () => hands.leave());
    at(script.endAfterMs, () => hands.end());
  });
  return () => {
    for (const cancel of cancels.splice(0)) cancel();
  };
}
