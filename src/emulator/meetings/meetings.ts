import { ContactCenterError, type Cancel } from 'onescreen';
import type { Party } from '../calls/call';
import { clientLineOf } from '../calls/call-clients';
import type { CallSwitch } from '../calls/call-switch';
import { ends } from '../calls/end-reasons';
import type { Emulation } from '../emulation';
import { joinLinkOf } from './join-link';
import { Meeting, nameOf } from './meeting';
import { MeetingChat, newMeetingThreadId } from './meeting-chat';
import { MeetingDoor } from './meeting-door';
import type { MeetingFaultRules } from './meeting-faults';
import { playScript, type MeetingScript } from './meeting-script';
import {
  rawIdOf,
  settingsOf,
  type GivenRole,
  type MeetingOptions,
  type MeetingPolicy,
  type MeetingSettings,
} from './meeting-settings';
import { observeMeeting, type ObservedMeeting } from './observed-meeting';
import { seedOf, TeamsUserLine, type TeamsUsers } from './teams-users';

/** Milliseconds that a character takes to say, and the least that anything takes (chosen). */
const sayMs = { character: 60, least: 800 } as const;
/** Letters and digits that are not mistaken for one another. */
const passcodeLetters = 'abcdefghijkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789';

export interface MeetingsParts {
  readonly emulation: Emulation;
  readonly calls: CallSwitch;
  readonly users: TeamsUsers;
  readonly faults: MeetingFaultRules;
}

/** Teams meetings on the emulator. They are kept in memory, their chats with all other data. */
export class Meetings {
  readonly door: MeetingDoor;
  readonly #parts: MeetingsParts;
  readonly #meetings = new Map<string, Meeting>();
  readonly #watchers = new Map<Meeting, Set<() => void>>();
  readonly #policies = new Map<string, MeetingPolicy>();

  constructor(parts: MeetingsParts) {
    this.#parts = parts;
    const { emulation, calls, faults } = parts;
    this.door = new MeetingDoor({
      clock: emulation.clock,
      calls,
      faults,
      meetings: { [Symbol.iterator]: () => this.#meetings.values() },
    });
  }

  /** Makes a meeting, which can be joined at once. Throws `command/invalid` for an organizer that is no Teams user. */
  create(options: MeetingOptions): ObservedMeeting {
    const { emulation } = this.#parts;
    const settings = settingsOf({ ...this.#policies.get(rawIdOf(options.organizer)), ...options });
    const organizerId = /^8:orgid:(.+)$/.exec(settings.organizer)?.[1];
    if (organizerId === undefined) throw invalid('create meeting', 'the organizer is no Teams user', 'organizer');
    const threadId = newMeetingThreadId(emulation);
    const identity = {
      // Source: microsoft-graph-docs-contrib; ids there are base64 of the organizer and the thread.
      id: Buffer.from(`1*${organizerId}*0**${threadId}`).toString('base64url'),
      threadId,
      joinLink: joinLinkOf(threadId, emulation.resourceId, organizerId),
      meetingId: this.#digits(13),
      passcode: this.#letters(6),
      createdAt: emulation.clock.now(),
    };
    const chat = settings.chat
      ? new MeetingChat(emulation, threadId, settings.organizer, settings.subject || 'Meeting')
      : undefined;
    const meeting = new Meeting(identity, settings, chat);
    meeting.onChange = () => {
      for (const run of [...(this.#watchers.get(meeting) ?? [])]) run();
    };
    this.#meetings.set(identity.id, meeting);
    return observeMeeting(meeting);
  }

  /** What an organizer's meetings to come go by where they do not say, however they are made; instead of what was set before. */
  setPolicy(organizer: string, policy: MeetingPolicy): void {
    this.#policies.set(rawIdOf(organizer), policy);
  }

  /** The meetings that are not over, the oldest first. */
  list(): readonly ObservedMeeting[] {
    return [...this.#meetings.values()].filter(({ over }) => !over).map(observeMeeting);
  }

  /** A meeting, over or not, by its id; undefined when there is none. */
  get(id: string): ObservedMeeting | undefined {
    const meeting = this.#meetings.get(id);
    return meeting && observeMeeting(meeting);
  }

  /** What a meeting goes by. Throws `command/invalid` when there is none of that id. */
  settings(id: string): MeetingSettings {
    return this.#existing(id, 'read settings').settings;
  }

  /** Ends a meeting for everybody, also those who wait; nobody can join it any more. */
  end(id: string): void {
    const meeting = this.#existing(id, 'end meeting');
    meeting.over = true;
    if (meeting.call !== undefined) this.#parts.calls.endAll(meeting.call, ends.meetingEnded);
  }

  /** Lets guests in (raw ids), or all who wait. Returns how many. */
  admit(id: string, users?: readonly string[]): number {
    const { lobby, meeting } = this.#waiting(id, 'admit', users);
    this.door.admit(meeting, lobby);
    return lobby.length;
  }

  /** Turns guests away (raw ids), or all who wait. Returns how many. */
  deny(id: string, users?: readonly string[]): number {
    const { lobby } = this.#waiting(id, 'deny', users);
    this.door.deny(lobby);
    return lobby.length;
  }

  /** Gives somebody another role, whether they are in or not. The organizer stays that. */
  setRole(id: string, user: string, role: GivenRole): void {
    const meeting = this.#existing(id, 'set role');
    if (user === meeting.settings.organizer) throw invalid('set role', 'the organizer cannot have another one', 'user');
    meeting.setRole(user, role);
    this.#refresh(meeting);
  }

  /** Begins or stops recording, and transcribing; what is left out stays. Throws when nobody is in. */
  record(id: string, what: { readonly recording?: boolean; readonly transcription?: boolean }): void {
    const meeting = this.#existing(id, 'record meeting');
    const { call } = meeting;
    if (call === undefined) throw invalid('record meeting', 'nobody is in it', 'id');
    call.recording = what.recording === undefined ? call.recording : what.recording ? 'on' : 'off';
    call.transcription = what.transcription ?? call.transcription;
    this.#refresh(meeting);
  }

  /** What somebody in the meeting says, as text, for those who have captions on. */
  caption(id: string, from: string, text: string, final = true): void {
    const meeting = this.#existing(id, 'caption');
    const speaker = this.#member(meeting, from, 'caption');
    for (const [party, { captions }] of meeting.seats) {
      const line = clientLineOf(party);
      if (!captions || party.onHold || line === undefined) continue;
      line.endpoint?.push({
        type: 'caption',
        callId: line.ownId ?? party.id,
        from: nameOf(speaker),
        text,
        final,
        at: this.#parts.emulation.clock.now(),
      });
    }
  }

  /** A simulated person joins, as a page would. Returns how they stand: `in`, or the lobby. */
  joinAs(id: string, user: string, displayName?: string): 'in' | 'in-lobby' {
    const meeting = this.#existing(id, 'join meeting');
    const { calls, users } = this.#parts;
    const rawId = rawIdOf(user);
    const found = this.door.find({ link: meeting.identity.joinLink });
    if ('code' in found) throw invalid('join meeting', found.message ?? 'it cannot be joined', 'id');
    const known = users.get(rawId);
    const party = calls.open(
      { rawId, displayName: displayName ?? known?.displayName, line: new TeamsUserLine() },
      true,
    );
    party.voice = known?.voice;
    this.door.seat(party, meeting);
    return party.status === 'in-lobby' ? 'in-lobby' : 'in';
  }

  /** A simulated person leaves. */
  leaveAs(id: string, user: string): void {
    const party = this.#member(this.#existing(id, 'leave meeting'), rawIdOf(user), 'leave meeting');
    this.#parts.calls.leave(party, ends.hungUpHere, ends.hungUpThere);
  }

  /** A simulated person says something: they are heard as long as that takes, and captions have it, first in part. */
  say(id: string, user: string, text: string): void {
    const meeting = this.#existing(id, 'say');
    const rawId = rawIdOf(user);
    const party = this.#member(meeting, rawId, 'say');
    if (clientLineOf(party) !== undefined) throw invalid('say', 'only simulated people can be made to speak', 'user');
    const before = party.voice;
    party.voice = before ?? seedOf(rawId, true);
    this.#refresh(meeting);
    this.caption(id, rawId, text.slice(0, Math.ceil(text.length / 2)), false);
    this.#parts.emulation.clock.schedule(Math.max(sayMs.least, text.length * sayMs.character), () => {
      party.voice = before;
      if (party.status !== 'connected') return;
      this.caption(id, rawId, text);
      this.#refresh(meeting);
    });
  }

  /** Has a simulated person play a part in a meeting. Calling the answer calls off what is still to come. */
  script(id: string, script: MeetingScript): Cancel {
    const meeting = this.#existing(id, 'script meeting');
    const { users, emulation } = this.#parts;
    const user = script.user === undefined ? meeting.settings.organizer : rawIdOf(script.user);
    const displayName = script.displayName ?? users.get(user)?.displayName ?? 'Organizer';
    const answered = new Set<Party>();
    const isIn = () => meeting.call?.find(user)?.status === 'connected';
    const live = (run: () => void) => {
      if (!meeting.over && isIn()) run();
    };
    return playScript(emulation.clock, script, {
      join: () => {
        if (!meeting.over) this.joinAs(id, user, displayName);
      },
      leave: () => live(() => this.leaveAs(id, user)),
      say: (text) => live(() => this.say(id, user, text)),
      setRole: (other, role) => live(() => this.setRole(id, other, role)),
      record: (on) => live(() => this.record(id, { recording: on })),
      end: () => live(() => this.end(id)),
      newGuests: () => {
        if (!isIn()) return [];
        const guests = meeting.lobby.filter((party) => !answered.has(party));
        for (const guest of guests) answered.add(guest);
        return guests.map(({ rawId }) => rawId);
      },
      admit: (guest) => live(() => this.admit(id, [guest])),
      deny: (guest) => live(() => this.deny(id, [guest])),
      watch: (run) => this.#watch(meeting, run),
    });
  }

  #watch(meeting: Meeting, run: () => void): Cancel {
    const watchers = this.#watchers.get(meeting) ?? new Set();
    this.#watchers.set(meeting, watchers.add(run));
    return () => watchers.delete(run);
  }

  #existing(id: string, action: string): Meeting {
    const meeting = this.#meetings.get(id);
    if (meeting === undefined) throw invalid(action, 'there is no such meeting', 'id');
    return meeting;
  }

  #waiting(id: string, action: string, users: readonly string[] | undefined) {
    const meeting = this.#existing(id, action);
    const lobby = meeting.lobby.filter(({ rawId }) => users === undefined || users.includes(rawId));
    return { meeting, lobby };
  }

  #member({ call }: Meeting, rawId: string, action: string): Party {
    const party = call?.find(rawId);
    if (party?.status !== 'connected') throw invalid(action, 'they are not in the meeting', 'user');
    return party;
  }

  #refresh({ call }: Meeting): void {
    if (call !== undefined) this.#parts.calls.refresh(call);
  }

  #digits(count: number): string {
    return Array.from({ length: count }, (_, at) => this.#pick(at === 0 ? '123456789' : '0123456789')).join('');
  }

  #letters(count: number): string {
    return Array.from({ length: count }, () => this.#pick(passcodeLetters)).join('');
  }

  #pick(from: string): string {
    return from.charAt(Math.floor(this.#parts.emulation.random.next() * from.length));
  }
}

function invalid(action: string, why: string, field: string): ContactCenterError {
  return new ContactCenterError('command/invalid', `unable to ${action}; ${why}`, { field });
}
