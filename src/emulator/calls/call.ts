import type { Cancel } from 'onescreen';
import type { CallFrame, ContextFrame, EndFrame, MeetingFrame, RosterFrame } from './frames';
import type { Impairment, PictureSource, Sound } from './media-unit';

/** How a party is reached. Each is told of what concerns its party alone. */
export interface Line {
  readonly kind: 'client' | 'phone' | 'server';
  /** How a ring ends that nobody answers. */
  readonly noAnswer: EndFrame;
  /** Begins to ring; an end when it cannot. */
  ring(party: Party): EndFrame | undefined;
  /** It rings no more, or the party has been in the call and is out. */
  ended(party: Party, end: EndFrame): void;
  /** Something about the call has changed. */
  changed(party: Party): void;
  tone(party: Party, from: string, tone: string): void;
  /** The party is in another call now, which pages know by another id. */
  moved?(party: Party, callId: string): void;
}

export interface PartyOptions {
  readonly id: string;
  readonly rawId: string;
  readonly displayName?: string | undefined;
  readonly line: Line;
  readonly addedBy?: Party | undefined;
  readonly context?: ContextFrame | undefined;
  /** Told once: undefined when the party is in the call, the end when it will not be. */
  readonly onAnswer?: ((end: EndFrame | undefined) => void) | undefined;
}

/** Somebody in a call, or about to be. `id` is also the name of its sound. */
export class Party {
  readonly id: string;
  readonly rawId: string;
  readonly displayName: string | undefined;
  readonly line: Line;
  readonly addedBy: Party | undefined;
  readonly context: ContextFrame | undefined;
  /** Another one after a transfer or a move. */
  call: Call;
  readonly onAnswer: (end: EndFrame | undefined) => void;
  status: 'connecting' | 'ringing' | 'in-lobby' | 'connected' | 'ended' = 'connecting';
  /** True from the first moment it was in the call. */
  joined = false;
  muted = false;
  mutedByOthers = false;
  /** By its own hand. */
  held = false;
  /** By a server, with music. */
  heldByServer = false;
  /** Seed of the voice of a phone that speaks. */
  voice: number | undefined;
  mediaOpen = false;
  impairment: Impairment | undefined;
  end: EndFrame | undefined;
  /** Who rings to take this party over. */
  successor: Party | undefined;
  cancelTimer: Cancel = () => {};

  constructor(call: Call, options: PartyOptions) {
    this.call = call;
    this.id = options.id;
    this.rawId = options.rawId;
    this.displayName = options.displayName;
    this.line = options.line;
    this.addedBy = options.addedBy;
    this.context = options.context;
    this.onAnswer = options.onAnswer ?? (() => {});
  }

  get kind(): Line['kind'] {
    return this.line.kind;
  }

  get onHold(): boolean {
    return this.held || this.heldByServer;
  }
}

/** A sound that a server plays, to everybody or to one (raw id). */
export interface Play {
  readonly sound: Sound;
  readonly to: string | undefined;
  /** The server's part. */
  readonly by: Party;
  /** Told once. */
  readonly onEnd: (end: PlayEnd) => void;
  cancelTimer: Cancel;
}

/** `stopped`: by its server, or because whoever should hear it has left. */
export type PlayEnd = 'completed' | 'stopped';

export type RecordingState = 'off' | 'on' | 'paused';

/** Somebody who is not in the call any more. */
export interface Departure {
  readonly party: Party;
  readonly end: EndFrame;
}

/** What being a meeting adds to a call. */
export interface CallMeeting {
  /** Who waits; they are no parties of the call yet. */
  readonly lobby: readonly Party[];
  /** Brings itself in step with who is in the call; asked whenever something has changed, before anybody is told. */
  arrange(): void;
  frame(self: Party): MeetingFrame;
  /** What the roster says of somebody beyond what it does in calls. */
  rosterPart(other: Party): Partial<RosterFrame>;
  /** What a party's slots for pictures show. */
  pictures(self: Party): readonly (PictureSource | undefined)[];
  /** Told how loud everybody is, 0 to 1; true when that changes who dominates. */
  listen(levelOf: (party: Party) => number): boolean;
  /** Why somebody may not do something, by the official name of the capability. */
  refusal(self: Party, capability: string): EndFrame | undefined;
}

/** One call: who is in it and how each of them stands. */
export class Call {
  readonly id: string;
  readonly correlationId: string;
  readonly startedAt: number;
  readonly parties: Party[] = [];
  /** Those who have left since the last time everybody was told. */
  readonly departed: Departure[] = [];
  readonly plays = new Map<string, Play>();
  /** Once a group, always a group. */
  group = false;
  recording: RecordingState = 'off';
  transcription = false;
  meeting: CallMeeting | undefined;
  /** Who called, as long as they are in it. */
  caller: Party | undefined;
  /** An emergency number was dialled. */
  emergency = false;
  /** Made in the name of a resource account: its server makes the call proper. */
  onBehalfOf = false;
  /** False while the caller has not rung everybody yet. */
  begun = false;
  over = false;
  /** What those get to read who are left when the last other one goes. */
  lastEnd: EndFrame | undefined;

  constructor(id: string, correlationId: string, startedAt: number) {
    this.id = id;
    this.correlationId = correlationId;
    this.startedAt = startedAt;
  }

  get live(): readonly Party[] {
    return this.parties.filter(({ status }) => status !== 'ended');
  }

  get server(): Party | undefined {
    return this.parties.find(({ kind, status }) => kind === 'server' && status !== 'ended');
  }

  /** Everybody who is no server. */
  get people(): readonly Party[] {
    return this.live.filter(({ kind }) => kind !== 'server');
  }

  get oneToOne(): boolean {
    return !this.group && this.server === undefined;
  }

  find(rawId: string): Party | undefined {
    return this.live.find((party) => party.rawId === rawId);
  }

  others(self: Party): readonly Party[] {
    return this.live.filter((party) => party !== self);
  }

  /** In a one-to-one call: held by the other side. In any: held by the server. */
  heldRemotely(self: Party): boolean {
    return self.heldByServer || (this.oneToOne && this.others(self).some(({ held }) => held));
  }
}

/** A call as one of its clients sees it, under the id that it knows the call by. */
export function callFrame(self: Party, callId: string): CallFrame {
  const { call } = self;
  // Servers stay out of sight, but of the one who called them.
  const isShown = (other: Party) =>
    other !== self && (other.kind !== 'server' || (call.caller === self && !call.onBehalfOf));
  return {
    callId,
    status: statusOf(self),
    oneToOne: call.oneToOne,
    serverCallId: call.id,
    participantId: self.id,
    muted: self.muted,
    mutedByOthers: self.mutedByOthers,
    ...(call.emergency && { emergency: true }),
    recording: call.recording === 'on',
    transcription: call.transcription,
    roster: [
      ...call.others(self).filter(isShown).map(rosterFrame),
      ...call.departed.filter(({ party }) => isShown(party)).map((departure) => departedFrame(departure, self)),
    ],
    ...(self.end !== undefined && { end: self.end }),
    ...(call.meeting !== undefined && { meeting: call.meeting.frame(self) }),
  };
}

function statusOf(self: Party): CallFrame['status'] {
  if (self.status === 'ended') return 'disconnected';
  if (self.status !== 'connected') return self.status;
  if (self.held) return 'local-hold';
  return self.call.heldRemotely(self) ? 'remote-hold' : 'connected';
}

function rosterFrame(other: Party): RosterFrame {
  const { rawId, displayName, status, muted } = other;
  return {
    rawId,
    ...(displayName !== undefined && { displayName }),
    status: rosterStatus(status, other.onHold),
    muted,
    ...other.call.meeting?.rosterPart(other),
  };
}

function rosterStatus(status: Party['status'], held: boolean): RosterFrame['status'] {
  if (status === 'ended') return 'disconnected';
  if (status === 'in-lobby') return 'connecting';
  return status === 'connected' && held ? 'hold' : status;
}

function departedFrame({ party, end }: Departure, self: Party): RosterFrame {
  return { ...rosterFrame(party), status: 'disconnected', ...(party.addedBy === self && { end }) };
}
