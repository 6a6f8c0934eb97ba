import type { LocalVideoStream } from '@azure/communication-calling';
import {
  combine,
  ContactCenterError,
  createLive,
  select,
  sameValues,
  withCommandOptions,
  type AudioLevels,
  type CallQuality,
  type Caption,
  type Cancel,
  type ChatChannel,
  type Clock,
  type CommandOptions,
  type ErrorCode,
  type Labels,
  type Live,
  type LiveSource,
  type LobbyGuest,
  type MeetingAction,
  type MeetingCapabilities,
  type MeetingChannelHost,
  type MeetingEnd,
  type MeetingParticipant,
  type MeetingPicture,
  type MeetingState,
  type OpenMeetingChannel,
  type People,
  type PictureView,
} from 'onescreen';
import { ChunkedPeople } from 'onescreen/voice';
import { EMPTY, Subscription, switchMap, type Observable } from 'rxjs';
import { timeLimit } from '../time-limit';
import { meetingCapabilities } from './capabilities';
import { type JoinedMeeting, type JoinedState } from './joined-meeting';
import type { MeetingChat } from './meeting-chat';
import { joinError } from './meeting-ends';
import type { MeetingPersona } from './meeting-persona';
import type { MeetingReports } from './meeting-reports';
import { tellOfMeeting } from './meeting-story';
import { chosenLabels, contextMessage } from './shared-context';

const nobody: People<MeetingParticipant> = ChunkedPeople.of<MeetingParticipant>([]);

export interface MeetingChannelParts {
  readonly persona: MeetingPersona;
  readonly clock: Clock;
  /** One's own raw id in the meeting; the control plane may name it later. */
  readonly identity: () => string | undefined;
  readonly chat: MeetingChat;
  readonly reports: MeetingReports;
  /** Ids of channels that are joined in another tab. */
  readonly elsewhere$: Live<ReadonlySet<string>>;
  /** Joins, and gives back what carries the meeting once it has ended. */
  readonly open: (options: JoinRequest, signal: AbortSignal) => Promise<OpenedMeeting>;
  /** A picture of the camera for a meeting that is joined. */
  readonly openCamera: () => Promise<LocalVideoStream>;
  /** Puts calls and other meetings on hold: one is active at a time. */
  readonly holdOthers: () => Promise<void>;
  /** Makes this the tab that is in, and no more so. */
  readonly take: () => void;
  readonly drop: () => void;
  readonly closed: () => void;
}

export interface JoinRequest {
  readonly muted: boolean;
  readonly video: boolean;
}

export interface OpenedMeeting {
  readonly meeting: JoinedMeeting;
  readonly release: () => Promise<void>;
}

/** How long the meeting may go on here after its channel has closed, in milliseconds (chosen): what ends it says why. */
const lingerMs = 2_000;
/** Most that leaving takes when the channel is let go, in milliseconds. */
const closeLimitMs = 10_000;
/** Most that telling the control plane of it takes then, in milliseconds. */
const tellLimitMs = 2_000;

type Status = MeetingState['status'];
type Own = Omit<MeetingState, 'joinLink'>;

const quiet: Own = {
  ...({ status: 'open', role: 'unknown', muted: false, mutedByOthers: false, video: false, sharing: false } as const),
  ...({ handRaised: false, consent: 'not-needed', recording: false, transcription: false, captions: false } as const),
};
const noQuality: CallQuality = { rating: 'unknown', problems: [] };

/** A Teams meeting as a channel of its conversation, through however many times of joining it. */
export class TeamsMeetingChannel implements OpenMeetingChannel {
  readonly id: string;
  readonly type = 'meeting';
  readonly levels$: Observable<AudioLevels>;
  readonly #host: MeetingChannelHost;
  readonly #parts: MeetingChannelParts;
  readonly #meeting = createLive<JoinedMeeting | undefined>(undefined);
  readonly #own = createLive<Own>(quiet);
  #holdsOnceIn = false;
  readonly #official = createLive<JoinedState['official']>(undefined);
  readonly #state: LiveSource<MeetingState>;
  readonly #capabilities: LiveSource<MeetingCapabilities>;
  readonly #people = createLive<People<MeetingParticipant>>(nobody);
  readonly participants$ = select(this.#people.live, (people) => people.slice());
  readonly #lobby = createLive<readonly LobbyGuest[]>([]);
  readonly #pictures = createLive<readonly MeetingPicture[]>([]);
  readonly #captions = createLive<readonly Caption[]>([]);
  readonly #quality = createLive(noQuality);
  readonly #watching = new Subscription();
  readonly #closing = new AbortController();
  #watchingMeeting = new Subscription();
  #joining: Promise<void> | undefined;
  /** Another tab joins: what ends here is not told. */
  #givenAway = false;
  #carried: Promise<void> = Promise.resolve();
  #closed: Promise<void> | undefined;
  #stopJoin = new AbortController();
  #cancelLinger: Cancel = () => {};

  constructor(host: MeetingChannelHost, parts: MeetingChannelParts) {
    this.id = host.channelId;
    this.#host = host;
    this.#parts = parts;
    const { elsewhere$, chat } = parts;
    const state$ = combine([this.#own.live, host.info$, elsewhere$], () => this.#toState(), isSame);
    const capabilities$ = combine(
      [state$, this.#official.live, chat.live],
      () => this.#toCapabilities(state$.value),
      isSameAnswers,
    );
    this.#state = createLive(state$.value);
    this.#capabilities = createLive(capabilities$.value);
    this.#watching.add(state$.subscribe((state) => this.#state.set(state)));
    this.#watching.add(capabilities$.subscribe((now) => this.#capabilities.set(now)));
    this.#watching.add(host.info$.subscribe(({ open }) => this.#opened(open)));
    this.levels$ = this.#meeting.live.pipe(switchMap((meeting) => meeting?.levels$ ?? EMPTY));
  }

  get state$(): Live<MeetingState> {
    return this.#state.live;
  }

  get capabilities$(): Live<MeetingCapabilities> {
    return this.#capabilities.live;
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

  get chat$(): Live<ChatChannel | undefined> {
    return this.#parts.chat.live;
  }

  /** True while others in it hear this side. */
  get isActive(): boolean {
    return this.#meeting.value?.state$.value.status === 'connected';
  }

  /** Something else is active by now: what has not been let in yet goes on hold as soon as it is. */
  holdOnceIn(): void {
    const { status } = this.#own.value;
    this.#holdsOnceIn ||= status === 'joining' || status === 'lobby';
  }

  async join({
    muted = false,
    video = false,
    ...options
  }: { readonly muted?: boolean; readonly video?: boolean } & CommandOptions = {}): Promise<void> {
    const stop = new AbortController();
    try {
      await withCommandOptions(this.#parts.clock, options, 'join meeting', () => {
        if (this.#joining !== undefined) return this.#joining;
        if (this.#meeting.value !== undefined) return Promise.resolve();
        this.#allow('join', 'join meeting');
        this.#stopJoin = new AbortController();
        const joining = this.#join(
          { muted, video },
          AbortSignal.any([stop.signal, this.#stopJoin.signal, this.#closing.signal]),
        );
        this.#joining = joining.finally(() => (this.#joining = undefined));
        return this.#joining;
      });
    } catch (error) {
      // Given up by who asked: nobody may be left in it unseen.
      stop.abort(error);
      throw error;
    }
  }

  leave(options?: CommandOptions): Promise<void> {
    return withCommandOptions(this.#parts.clock, options, 'leave meeting', async () => {
      this.#allow('leave', 'leave meeting');
      const meeting = this.#meeting.value;
      if (meeting !== undefined) return meeting.leave();
      this.#stopJoin.abort(new ContactCenterError('command/aborted', 'unable to join meeting; this side has left'));
      await this.#joining?.catch(() => {}); // That is what was wanted.
    });
  }

  end(options?: CommandOptions): Promise<void> {
    return this.#host.end(options);
  }

  mute(options?: CommandOptions): Promise<void> {
    return this.#run('mute', 'mute', options, (meeting) => meeting.setMuted(true));
  }

  unmute(options?: CommandOptions): Promise<void> {
    return this.#run('unmute', 'unmute', options, (meeting) => meeting.setMuted(false));
  }

  hold(options?: CommandOptions): Promise<void> {
    return this.#run('hold', 'hold meeting', options, (meeting) => meeting.hold());
  }

  resume(options?: CommandOptions): Promise<void> {
    return this.#run('resume', 'resume meeting', options, async (meeting) => {
      await this.#parts.holdOthers();
      await meeting.resume();
    });
  }

  startVideo(options?: CommandOptions): Promise<void> {
    return this.#run('video', 'start video', options, (meeting) => meeting.startVideo(this.#parts.openCamera));
  }

  /** What is on can be switched off, whatever has been forbidden since. */
  stopVideo(options?: CommandOptions): Promise<void> {
    return this.#run(undefined, 'stop video', options, (meeting) => meeting.stopVideo());
  }

  shareScreen(options?: CommandOptions): Promise<void> {
    return this.#run('shareScreen', 'share screen', options, (meeting) => meeting.startSharing());
  }

  stopSharing(options?: CommandOptions): Promise<void> {
    return this.#run(undefined, 'stop sharing', options, (meeting) => meeting.stopSharing());
  }

  raiseHand(options?: CommandOptions): Promise<void> {
    return this.#run('raiseHand', 'raise hand', options, (meeting) => meeting.setHand(true));
  }

  lowerHand(options?: CommandOptions): Promise<void> {
    return this.#run(undefined, 'lower hand', options, (meeting) => meeting.setHand(false));
  }

  spotlight(
    participantId: string,
    { on = true, ...options }: { readonly on?: boolean } & CommandOptions = {},
  ): Promise<void> {
    return this.#run('spotlight', 'spotlight participant', options, (meeting) => meeting.spotlight(participantId, on));
  }

  admit(guestId: string, options?: CommandOptions): Promise<void> {
    return this.#run('admit', 'admit guest', options, (meeting) => meeting.admit(guestId));
  }

  admitAll(options?: CommandOptions): Promise<void> {
    return this.#run('admit', 'admit guests', options, (meeting) => meeting.admitAll());
  }

  deny(guestId: string, options?: CommandOptions): Promise<void> {
    return this.#run('admit', 'turn guest away', options, (meeting) => meeting.deny(guestId));
  }

  muteParticipant(participantId: string, options?: CommandOptions): Promise<void> {
    return this.#run('muteParticipant', 'mute participant', options, (meeting) =>
      meeting.muteParticipant(participantId),
    );
  }

  removeParticipant(participantId: string, options?: CommandOptions): Promise<void> {
    return this.#run('removeParticipant', 'remove participant', options, (meeting) =>
      meeting.removeParticipant(participantId),
    );
  }

  addParticipant(
    who: { readonly teamsUser: string } | { readonly phone: string },
    options?: CommandOptions,
  ): Promise<void> {
    const action = 'phone' in who ? 'addPhone' : 'addTeamsUser';
    return this.#run(action, 'add participant', options, (meeting) => meeting.addParticipant(who));
  }

  startCaptions({ language, ...options }: { readonly language?: string } & CommandOptions = {}): Promise<void> {
    return this.#run('captions', 'start captions', options, (meeting) => meeting.startCaptions(language));
  }

  stopCaptions(options?: CommandOptions): Promise<void> {
    return this.#run(undefined, 'stop captions', options, (meeting) => meeting.stopCaptions());
  }

  grantConsent(options?: CommandOptions): Promise<void> {
    return this.#run('grantConsent', 'grant consent', options, (meeting) => meeting.grantConsent());
  }

  shareContext(keys: readonly string[], options?: CommandOptions): Promise<Labels> {
    return this.#run('chat', 'share context', options, async () => {
      const labels = chosenLabels(this.#host.context$.value, keys);
      const chat = this.chat$.value;
      if (chat === undefined) throw notAllowed('share context', 'not-supported');
      await chat.send(contextMessage(labels), options);
      return labels;
    });
  }

  async show(pictureId: string, { fit = 'contain' }: { readonly fit?: 'crop' | 'contain' } = {}): Promise<PictureView> {
    return this.#joined('show picture').show(pictureId, fit);
  }

  native(): unknown {
    return this.#meeting.value?.native;
  }

  /** Another tab has taken the meeting over. */
  giveAway(): void {
    this.#givenAway = true;
    this.#stopJoin.abort(
      new ContactCenterError('command/aborted', 'unable to join meeting; another tab of this browser has joined'),
    );
    const meeting = this.#meeting.value;
    if (meeting !== undefined) void this.#leaveNow(meeting);
  }

  close(): Promise<void> {
    return (this.#closed ??= this.#close());
  }

  async #close(): Promise<void> {
    this.#closing.abort(new ContactCenterError('channel/closed', 'unable to join meeting; the channel is closed'));
    this.#cancelLinger();
    const { clock, chat, reports, closed } = this.#parts;
    const meeting = this.#meeting.value;
    const gone = async () => {
      if (meeting !== undefined) await this.#leaveNow(meeting);
      await Promise.allSettled([this.#joining, this.#carried, chat.close()]);
      await timeLimit(clock, tellLimitMs, reports.settled(), () => {});
    };
    await timeLimit(clock, closeLimitMs, gone(), () => meeting?.abandon());
    reports.close();
    this.#watching.unsubscribe();
    this.#watchingMeeting.unsubscribe();
    const { end, ...state } = this.#state.value;
    this.#state.set({ ...state, ...quiet, status: 'closed', ...(end !== undefined && { end }) });
    this.#capabilities.set(this.#toCapabilities(this.#state.value));
    const all = [this.#meeting, this.#own, this.#official, this.#state, this.#capabilities] as const;
    for (const live of [...all, this.#people, this.#lobby, this.#pictures, this.#captions, this.#quality]) {
      live.complete();
    }
    closed();
  }

  async #join(request: JoinRequest, signal: AbortSignal): Promise<void> {
    const { take, drop, open, holdOthers } = this.#parts;
    const { end: _before, ...own } = this.#own.value;
    this.#givenAway = false;
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
    const watching = (this.#watchingMeeting = new Subscription());
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
    this.hold().catch(() => {}); // Its state says that it is not on hold.
  }

  /** Resolves once this side is in, or waits in the lobby. */
  #untilIn(meeting: JoinedMeeting, signal: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const aborted = () => {
        reject(signal.reason);
        void this.#leaveNow(meeting);
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
      this.#watchingMeeting.add(watching);
      this.#watchingMeeting.add(() => signal.removeEventListener('abort', aborted));
    });
  }

  async #leaveNow(meeting: JoinedMeeting): Promise<void> {
    await meeting.leave().catch(() => meeting.abandon()); // The agent is disposed of with it.
  }

  /** The log says whether the channel is open; a meeting that goes on although it is not is left. */
  #opened(open: boolean): void {
    this.#cancelLinger();
    if (open) return;
    this.#cancelLinger = this.#parts.clock.schedule(lingerMs, () => {
      const meeting = this.#meeting.value;
      if (meeting !== undefined) void this.#leaveNow(meeting);
    });
  }

  #toState(): MeetingState {
    const own = this.#own.value;
    const { open, providerRefs } = this.#host.info$.value;
    const { joinLink } = providerRefs;
    return {
      ...own,
      status: this.#statusOf(own.status, open),
      ...(joinLink !== undefined && joinLink !== '' && { joinLink }),
    };
  }

  #statusOf(own: Status, open: boolean): Status {
    if (!open) return 'closed';
    const isOut = own === 'open' || own === 'ended';
    return isOut && this.#parts.elsewhere$.value.has(this.id) ? 'elsewhere' : own;
  }

  #toCapabilities({ status, consent }: MeetingState): MeetingCapabilities {
    const { persona, chat } = this.#parts;
    const hasChat = chat.live.value !== undefined;
    return meetingCapabilities({ persona, status, consent, official: this.#official.value, hasChat });
  }

  #run<T>(
    action: MeetingAction | undefined,
    what: string,
    options: CommandOptions | undefined,
    work: (meeting: JoinedMeeting) => Promise<T>,
  ): Promise<T> {
    return withCommandOptions(this.#parts.clock, options, what, async () => {
      if (action !== undefined) this.#allow(action, what);
      return work(this.#joined(what));
    });
  }

  #allow(action: MeetingAction, what: string): void {
    const capability = this.#capabilities.value[action];
    if (!capability.supported) throw notAllowed(what, capability.reason, capability.detail);
  }

  #joined(what: string): JoinedMeeting {
    const meeting = this.#meeting.value;
    if (meeting !== undefined) return meeting;
    // While it is being joined there is none yet.
    throw notAllowed(what, this.#closed === undefined ? 'not-connected' : 'closed');
  }
}

function notAllowed(what: string, reason: string, detail?: string): ContactCenterError {
  const code: ErrorCode = 'command/not-allowed';
  return new ContactCenterError(code, `unable to ${what}; ${detail ?? reason}`, { reason });
}

function isSame(a: MeetingState, b: MeetingState): boolean {
  return sameValues({ ...a, end: endKey(a.end) }, { ...b, end: endKey(b.end) });
}

function endKey(end: MeetingEnd | undefined): string | undefined {
  return end === undefined ? undefined : JSON.stringify(end);
}

function isSameAnswers(a: MeetingCapabilities, b: MeetingCapabilities): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}
