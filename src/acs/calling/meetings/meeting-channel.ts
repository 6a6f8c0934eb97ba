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
  type ChatChannel,
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
import { EMPTY, Subscription, switchMap, type Observable } from 'rxjs';
import { Attendance, quiet, type AttendanceParts } from './attendance';
import { meetingCapabilities } from './capabilities';
import type { JoinedMeeting } from './joined-meeting';
import type { MeetingPersona } from './meeting-persona';
import { chosenLabels, contextMessage } from './shared-context';

export interface MeetingChannelParts extends AttendanceParts {
  readonly persona: MeetingPersona;
  /** Ids of channels that are joined in another tab. */
  readonly elsewhere$: Live<ReadonlySet<string>>;
  /** A picture of the camera for a meeting that is joined. */
  readonly openCamera: () => Promise<LocalVideoStream>;
  readonly closed: () => void;
}

type Status = MeetingState['status'];

/** A Teams meeting as a channel of its conversation: how it stands, and what is done in it. */
export class TeamsMeetingChannel implements OpenMeetingChannel {
  readonly id: string;
  readonly type = 'meeting';
  readonly levels$: Observable<AudioLevels>;
  readonly participants$: Live<readonly MeetingParticipant[]>;
  readonly #host: MeetingChannelHost;
  readonly #parts: MeetingChannelParts;
  readonly #attendance: Attendance;
  readonly #state: LiveSource<MeetingState>;
  readonly #capabilities: LiveSource<MeetingCapabilities>;
  readonly #watching = new Subscription();
  #closed: Promise<void> | undefined;

  constructor(host: MeetingChannelHost, parts: MeetingChannelParts) {
    this.id = host.channelId;
    this.#host = host;
    this.#parts = parts;
    const { elsewhere$, chat } = parts;
    const attendance = new Attendance(parts, () => this.hold());
    this.#attendance = attendance;
    const state$ = combine([attendance.own$, host.info$, elsewhere$], () => this.#toState(), isSame);
    const capabilities$ = combine(
      [state$, attendance.official$, chat.live],
      () => this.#toCapabilities(state$.value),
      isSameAnswers,
    );
    this.#state = createLive(state$.value);
    this.#capabilities = createLive(capabilities$.value);
    this.#watching.add(state$.subscribe((state) => this.#state.set(state)));
    this.#watching.add(capabilities$.subscribe((now) => this.#capabilities.set(now)));
    this.#watching.add(host.info$.subscribe(({ open }) => attendance.opened(open)));
    this.participants$ = select(attendance.people$, (people) => people.slice());
    this.levels$ = attendance.meeting$.pipe(switchMap((meeting) => meeting?.levels$ ?? EMPTY));
  }

  get state$(): Live<MeetingState> {
    return this.#state.live;
  }

  get capabilities$(): Live<MeetingCapabilities> {
    return this.#capabilities.live;
  }

  get people$(): Live<People<MeetingParticipant>> {
    return this.#attendance.people$;
  }

  get lobby$(): Live<readonly LobbyGuest[]> {
    return this.#attendance.lobby$;
  }

  get pictures$(): Live<readonly MeetingPicture[]> {
    return this.#attendance.pictures$;
  }

  get captions$(): Live<readonly Caption[]> {
    return this.#attendance.captions$;
  }

  get quality$(): Live<CallQuality> {
    return this.#attendance.quality$;
  }

  get chat$(): Live<ChatChannel | undefined> {
    return this.#parts.chat.live;
  }

  /** True while others in it hear this side. */
  get isActive(): boolean {
    return this.#attendance.meeting$.value?.state$.value.status === 'connected';
  }

  /** Something else is active by now: what has not been let in yet goes on hold as soon as it is. */
  holdOnceIn(): void {
    this.#attendance.holdOnceIn();
  }

  async join({
    muted = false,
    video = false,
    ...options
  }: { readonly muted?: boolean; readonly video?: boolean } & CommandOptions = {}): Promise<void> {
    const stop = new AbortController();
    try {
      await withCommandOptions(this.#parts.clock, options, 'join meeting', () => {
        if (!this.#attendance.hasBegun) this.#allow('join', 'join meeting');
        return this.#attendance.join({ muted, video }, stop.signal);
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
      await this.#attendance.leave();
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
    return this.#attendance.meeting$.value?.native;
  }

  /** Another tab has taken the meeting over. */
  giveAway(): void {
    this.#attendance.giveAway();
  }

  close(): Promise<void> {
    return (this.#closed ??= this.#close());
  }

  async #close(): Promise<void> {
    await this.#attendance.close();
    this.#watching.unsubscribe();
    const { end, ...state } = this.#state.value;
    this.#state.set({ ...state, ...quiet, status: 'closed', ...(end !== undefined && { end }) });
    this.#capabilities.set(this.#toCapabilities(this.#state.value));
    this.#state.complete();
    this.#capabilities.complete();
    this.#parts.closed();
  }

  #toState(): MeetingState {
    const own = this.#attendance.own$.value;
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
    return meetingCapabilities({ persona, status, consent, official: this.#attendance.official$.value, hasChat });
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
    const meeting = this.#attendance.meeting$.value;
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
