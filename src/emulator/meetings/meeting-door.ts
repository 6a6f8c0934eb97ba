import type { Clock } from 'onescreen';
import type { Party } from '../calls/call';
import type { CallSwitch } from '../calls/call-switch';
import { ends } from '../calls/end-reasons';
import type { CallingRequest, EndFrame } from '../calls/frames';
import { readJoinLink } from './join-link';
import type { Meeting } from './meeting';
import type { MeetingFaultRules } from './meeting-faults';
import { bypassesLobby, isTeamsUser } from './meeting-settings';

type Where = Extract<CallingRequest, { readonly type: 'join' }>['meeting'];

const joinableKinds: ReadonlySet<string> = new Set(['meeting', 'channel']);

/** Who gets into meetings: finds them, and keeps their lobbies. */
export class MeetingDoor {
  readonly #clock: Clock;
  readonly #calls: CallSwitch;
  readonly #faults: MeetingFaultRules;
  readonly #meetings: Iterable<Meeting>;

  constructor(parts: { clock: Clock; calls: CallSwitch; faults: MeetingFaultRules; meetings: Iterable<Meeting> }) {
    this.#clock = parts.clock;
    this.#calls = parts.calls;
    this.#faults = parts.faults;
    this.#meetings = parts.meetings;
  }

  /** The meeting somewhere, or why it cannot be joined. */
  find(where: Where): Meeting | EndFrame {
    const named = 'link' in where ? readJoinLink(where.link) : where;
    if (named === undefined) return ends.meetingUnknown;
    const digits = 'meetingId' in named ? named.meetingId.replaceAll(' ', '') : '';
    const found = [...this.#meetings].find(({ identity }) =>
      'threadId' in named ? identity.threadId === named.threadId : identity.meetingId === digits,
    );
    if (found === undefined) return ends.meetingUnknown;
    const { settings, identity } = found;
    // A link with a thread in it needs no passcode.
    if ('meetingId' in named && settings.passcodeRequired && named.passcode !== identity.passcode)
      return ends.wrongPasscode;
    if (!joinableKinds.has(settings.kind))
      return {
        ...ends.notJoinable,
        message: `${ends.notJoinable.message} It is a meeting of the kind ${settings.kind}.`,
      };
    return found.over ? ends.meetingOver : found;
  }

  /** Brings somebody who connects into a meeting or its lobby, or ends their call. */
  enter(party: Party, where: Where): void {
    if (party.status === 'ended') return;
    const found = this.#faults.takeFailure() ?? this.find(where);
    if ('code' in found) return this.#calls.leave(party, found, found);
    this.seat(party, found);
  }

  /** The same for a meeting that is known and can be joined. */
  seat(party: Party, meeting: Meeting): void {
    meeting.call ??= this.#calls.openMeeting(meeting);
    const { call, settings } = meeting;
    const former = [...call.people, ...meeting.lobby].filter(({ rawId }) => rawId === party.rawId);
    const wasIn = former.some(({ status }) => status === 'connected');
    const role = meeting.roleOf(party.rawId);
    if (wasIn || bypassesLobby(settings, party.rawId, role, hasStarted(meeting))) {
      this.#calls.enter(party, call, 'in');
    } else {
      meeting.queue(party);
      party.cancelTimer = this.#clock.schedule(settings.lobbyTimeoutMs, () =>
        this.#calls.leave(party, ends.lobbyTimeout, ends.lobbyTimeout),
      );
      this.#calls.enter(party, call, 'in-lobby');
    }
    // Only now: a session that its only participant joins anew goes on.
    for (const one of former) this.#calls.leave(one, ends.joinedElsewhere, ends.hungUpThere);
    if (!isTeamsUser(party.rawId) || party.status !== 'connected') return;
    const free = meeting.lobby.filter(({ rawId }) => bypassesLobby(settings, rawId, meeting.roleOf(rawId), true));
    this.admit(meeting, free);
  }

  /** Lets those in who wait. */
  admit(meeting: Meeting, waiting: readonly Party[]): void {
    const { delayMs } = this.#faults;
    for (const party of waiting) {
      const run = () => {
        if (party.status !== 'in-lobby') return;
        meeting.unqueue(party);
        this.#calls.enter(party, party.call, 'in');
      };
      if (delayMs > 0) this.#clock.schedule(delayMs, run);
      else run();
    }
  }

  /** Turns those away who wait. */
  deny(waiting: readonly Party[]): void {
    for (const party of waiting)
      if (party.status === 'in-lobby') this.#calls.leave(party, ends.lobbyDenied, ends.lobbyDenied);
  }
}

/** Somebody of the organization is there. */
function hasStarted({ call }: Meeting): boolean {
  return call?.people.some(({ rawId, status }) => status === 'connected' && isTeamsUser(rawId)) === true;
}
