import {
  ContactCenterError,
  createLive,
  type CallQuality,
  type Cancel,
  type Caption,
  type Clock,
  type Live,
  type LobbyGuest,
  type MeetingParticipant,
  type MeetingPicture,
  type MeetingState,
  type People,
} from 'onescreen';
import { ChunkedPeople } from 'onescreen/voice';
import { Subscription } from 'rxjs';
import { timeLimit } from '../time-limit';
import { type JoinedMeeting, type JoinedState } from './joined-meeting';
import type { MeetingChat } from './meeting-chat';
import { joinError } from './meeting-ends';
import type { MeetingReports } from './meeting-reports';
import { tellOfMeeting } from './meeting-story';

export interface JoinRequest {
  readonly muted: boolean;
  readonly video: boolean;
}

export interface OpenedMeeting {
  readonly meeting: JoinedMeeting;
  readonly release: () => Promise<void>;
}

export interface AttendanceParts {
  readonly clock: Clock;
  /** One's own raw id in the meeting; the control plane may name it later. */
  readonly identity: () => string | undefined;
  readonly chat: MeetingChat;
  readonly reports: MeetingReports;
  /** Joins, and gives back what carries the meeting once it has ended. */
  readonly open: (options: JoinRequest, signal: AbortSignal) => Promise<OpenedMeeting>;
  /** Puts calls and other meetings on hold: one is active at a time. */
  readonly holdOthers: () => Promise<void>;
  /** Makes this the tab that is in, and no more so. */
  readonly take: () => void;
  readonly drop: () => void;
}

/** What this side knows of its own part, in the meeting or out of it. */
export type OwnPart = Omit<MeetingState, 'joinLink'>;

/** As long as this side has not joined, and again once its channel is closed. */
export const quiet: OwnPart = {
  ...({ status: 'open', role: 'unknown', muted: false, mutedByOthers: false, video: false, sharing: false } as const),
  ...({ handRaised: false, consent: 'not-needed', recording: false, transcription: false, captions: false } as const),
};
const nobody: People<MeetingParticipant> = ChunkedPeople.of<MeetingParticipant>([]);
const noQuality: CallQuality = { rating: 'unknown', problems: [] };

/** How long the meeting may go on here after its channel has closed, in milliseconds (chosen): what ends it says why. */
const lingerMs = 2_000;
/** Most that leaving takes when the channel is let go, in milliseconds. */
const closeLimitMs = 10_000;
/** Most that telling the control plane of it takes then, in milliseconds. */
const tellLimitMs = 2_000;

/** This side's comings and goings in one meeting: joining it, however often, what is seen of it while in, and every way out. */
export class Attendance {
  readonly #parts: AttendanceParts;
  readonly #hold: () => Promise<void>;
  readonly #meeting = createLive<JoinedMeeting | undefined>(undefined);
  readonly #own = createLive<OwnPart>(quiet);
  readonly #official = createLive<JoinedState['official']>(undefined);
  readonly #people = createLive<People<MeetingParticipant>>(nobody);
  readonly #lobby = createLive<readonly LobbyGuest[]>([]);
  readonly #pictures = createLive<readonly MeetingPicture[]>([]);
  readonly #captions = createLive<readonly Caption[]>([]);
  readonly #quality = createLive(noQuality);
  readonly #closing = new AbortController();
  #holdsOnceIn = false;
  #watching = new Subscription();
  #joining: Promise<void> | undefined;
  /** Another tab joins: what ends here is not told. */
  #givenAway = false;
  #carried: Promise<void> = Promise.resolve();
  #stopJoin = new AbortController();
  #cancelLinger: Cancel = () => {};

  /** `hold` puts the meeting on hold in which this side is. */
  constructor(parts: AttendanceParts, hold: () => Promise<void>) {
    this.#parts = parts;
    this.#hold = hold;
  }

  /** The one that this side is in, or that is being joined; undefined while it is out. */
  get meeting$(): Live<JoinedMeeting | undefined> {
    return this.#meeting.live;
  }

  get own$(): Live<OwnPart> {
    return this.#own.live;
  }

  /** What the service lets this side do. */
  get official$(): Live<JoinedState['official']> {
    return this.#official.live;
  }

  get people$(): Live<People<MeetingParticipant>> {
    return this.#people.live;
  }

  get lobby$(): Live<readonly LobbyGuest[]> {
    return this.#lobby.live;
  }

  get pictures$(): Live<readonly MeetingPicture[]> {
    return this.#pictures.live;
  }

  get captions$(): Live<readonly Caption[]> {
    return this.#captions.live;
  }

  get quality$(): Live<CallQuality> {
    return this.#quality.live;
  }

  /** From the wish to join until this side is out. */
  get hasBegun(): boolean {
    return this.#joining !== undefined || this.#meeting.value !== undefined;
  }

  /** Something else is active by now: what has not been let in yet goes on hold as soon as it is. */
  holdOnceIn(): void {
    const { status } = this.#own.value;
    this.#holdsOnceIn ||= status === 'joining' || status === 'lobby';
  }

  /** Resolves once this side is in, or waits in the lobby; for who asks again meanwhile as well. */
  join(request: JoinRequest, signal: AbortSignal): Promise<void> {
    if (this.#joining !== undefined) return this.#joining;
    if (this.#meeting.value !== undefined) return Promise.resolve();
    this.#stopJoin = new AbortController();
    const joining = this.#join(request, AbortSignal.any([signal, this.#stopJoin.signal, this.#closing.signal]));
    this.#joining = joining.finally(() => (this.#joining = undefined));
    return this.#joining;
  }

  async leave(): Promise<void> {
    const meeting = this.#meeting.value;
    if (meeting !== undefined) return meeting.leave();
    this.#stopJoin.abort(new ContactCenterError('command/aborted', 'unable to join meeting; this side has left'));
    await this.#joining?.catch(() => {}); // That is what was wanted.
  }

  /** Another tab has taken the meeting over. */
  giveAway(): void {
    this.#givenAway = true;
    this.#stopJoin.abort(
      new ContactCenterError('command/aborted', 'unable to join meeting; another tab of this browser has joined'),
    );
    this.#leaveIfIn();
  }

  /** The log says whether the channel is open; a meeting that goes on although it is not is left. */
  opened(open: boolean): void {
    this.#cancelLinger();
    if (!open) this.#cancelLinger = this.#parts.clock.schedule(lingerMs, () => this.#leaveIfIn());
  }

  /** Takes this side out, and tells of it, within a time. Once. */
  async close(): Promise<void> {
    this.#closing.abort(new ContactCenterError('channel/closed', 'unable to join meeting; the channel is closed'));
    this.#cancelLinger();
    const { clock, chat, reports } = this.#parts;
    const meeting = this.#meeting.value;
    const gone = async () => {
      if (meeting !== undefined) await leaveNow(meeting);
      await Promise.allSettled([this.#joining, this.#carried, chat.close()]);
      await timeLimit(clock, tellLimitMs, reports.settled(), () => {});
    };
    await timeLimit(clock, closeLimitMs, gone(), () => meeting?.abandon());
    reports.close();
    this.#watching.unsubscribe();
    const shown = [this.#people, this.#lobby, this.#pictures, this.#captions, this.#quality];
    for (const live of [this.#meeting, this.#own, this.#official, ...shown]) live.complete();
  }

  async #join(request: JoinRequest, signal: AbortSignal): Promise<void> {
    const { take, drop, open, holdOthers } = this.#parts;
    const { end: _before, ...own } = this.#own.value;
    this.#givenAway = false;
    this.#holdsOnceIn = false;
    this.#own.set({ ...own, status: 'joining' });
    try {
      await holdOthers();
      signal.throwIfAborted();
      take();
      const { meeting, release } = await open(request, signal);
      this.#carry(meeting, release);
      await this.#untilIn(meeting, signal);
    } catch (error) {
      if (this.#meeting.value === undefined) {
        // Why it came to nothing stays to be seen only where a meeting was asked.
        drop();
        if (this.#own.value.status === 'joining') this.#own.set({ ...this.#own.value, status: 'open' });
      }
      throw error;
    }
  }

  /** From the call's making until this side is out of it and what carried it has been given back. */
  #carry(meeting: JoinedMeeting, release: () => Promise<void>): void {
    const { reports, chat, identity, drop } = this.#parts;
    const watching = (this.#watching = new Subscription());
    this.#meeting.set(meeting);
    watching.add(meeting.state$.subscribe((state) => this.#heard(state)));
    watching.add(meeting.people$.subscribe((people) => this.#people.set(people)));
    watching.add(meeting.lobby$.subscribe((guests) => this.#lobby.set(guests)));
    watching.add(meeting.pictures$.subscribe((pictures) => this.#pictures.set(pictures)));
    watching.add(meeting.captions$.subscribe((captions) => this.#captions.set(captions)));
    watching.add(meeting.quality$.subscribe((quality) => this.#quality.set(quality)));
    tellOfMeeting(meeting, reports, identity, () => this.#givenAway);
    this.#carried = meeting.ended.then(async () => {
      watching.unsubscribe();
      this.#meeting.set(undefined);
      chat.follow(undefined);
      drop();
      this.#people.set(nobody);
      this.#lobby.set([]);
      this.#captions.set([]);
      this.#pictures.set([]);
      this.#quality.set(noQuality);
      await release();
    });
  }

  #heard({ official, threadId, status, end, ...state }: JoinedState): void {
    const { connectedAt } = this.#own.value;
    const since =
      connectedAt ?? (status === 'connected' || status === 'held' ? new Date(this.#parts.clock.now()) : undefined);
    this.#parts.chat.follow(threadId);
    this.#official.set(official);
    this.#own.set({
      ...state,
      status,
      ...(since !== undefined && { connectedAt: since }),
      ...(end !== undefined && { end }),
    });
    if (end !== undefined) this.#holdsOnceIn = false;
    if (status !== 'connected' || !this.#holdsOnceIn) return;
    this.#holdsOnceIn = false;
    this.#hold().catch(() => {}); // Its state says that it is not on hold.
  }

  /** Resolves once this side is in, or waits in the lobby. */
  #untilIn(meeting: JoinedMeeting, signal: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const aborted = () => {
        reject(signal.reason);
        void leaveNow(meeting);
      };
      if (signal.aborted) return aborted();
      signal.addEventListener('abort', aborted, { once: true });
      const watching = meeting.state$.subscribe({
        next: ({ status, end }) => {
          if (end !== undefined) reject(joinError(end));
          else if (status !== 'joining') resolve();
        },
        complete: () => signal.removeEventListener('abort', aborted),
      });
      this.#watching.add(watching);
      this.#watching.add(() => signal.removeEventListener('abort', aborted));
    });
  }

  #leaveIfIn(): void {
    const meeting = this.#meeting.value;
    if (meeting !== undefined) void leaveNow(meeting);
  }
}

async function leaveNow(meeting: JoinedMeeting): Promise<void> {
  await meeting.leave().catch(() => meeting.abandon()); // The agent is disposed of with it.
}
