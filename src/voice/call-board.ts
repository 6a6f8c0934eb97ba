import {
  createLive,
  type CallEnd,
  type CallParticipant,
  type CallSnapshot,
  type Clock,
  type Live,
  type LiveSource,
  type Random,
} from 'onescreen';
import { ChunkedPeople } from './chunked-people';
import { noCallCapabilities } from './no-call-capabilities';
import { merge, Subscription } from 'rxjs';
import { endedCall, endOf } from './call-end';
import { keepIdentity, keptPeople } from './keep-identity';
import type { VoiceCall } from './voice-endpoint';

/** How many ended calls stay on show. */
const endedKept = 20;

interface Entry {
  snapshot: CallSnapshot;
  /** Id of one of those who are in it. */
  answeredBy?: string;
  call?: VoiceCall;
  subscription?: Subscription;
}

/** The calls of the tab that holds the media, one for each channel, and what is on show of them. */
export class CallBoard {
  readonly #clock: Clock;
  readonly #random: Random;
  readonly #changed: () => void;
  readonly #entries = new Map<string, Entry>();
  readonly #calls: LiveSource<ReadonlyMap<string, VoiceCall>> = createLive(new Map());
  readonly #people: LiveSource<ReadonlyMap<string, ChunkedPeople<CallParticipant>>>;
  readonly #leaving = new Set<Promise<void>>();
  #snapshots: readonly CallSnapshot[];

  constructor(
    environment: { readonly clock: Clock; readonly random: Random },
    earlier: readonly CallSnapshot[],
    people: ReadonlyMap<string, ChunkedPeople<CallParticipant>>,
    changed: () => void,
  ) {
    this.#clock = environment.clock;
    this.#random = environment.random;
    this.#snapshots = earlier;
    this.#people = createLive(people);
    this.#changed = changed;
    for (const snapshot of earlier) this.#entries.set(snapshot.channelId, { snapshot });
  }

  get snapshots(): readonly CallSnapshot[] {
    return this.#snapshots;
  }

  /** Calls that have not ended, by channel. */
  get calls$(): Live<ReadonlyMap<string, VoiceCall>> {
    return this.#calls.live;
  }

  /** Who else is in each call, by channel; of one that has ended, who was. */
  get people$(): Live<ReadonlyMap<string, ChunkedPeople<CallParticipant>>> {
    return this.#people.live;
  }

  /** Resolves when the calls that were taken from the board while they were up have ended. */
  async cleared(): Promise<void> {
    await Promise.all(this.#leaving);
  }

  find(channelId: string): CallSnapshot | undefined {
    return this.#entries.get(channelId)?.snapshot;
  }

  /** True as long as the call of this id, coming about or there, has not ended. */
  isUp(id: string): boolean {
    const entry = this.#byId(id);
    return entry !== undefined && entry.snapshot.status !== 'ended';
  }

  /** Shows that a call is coming about, or with `end` that it did not; returns its id. The channel's call before it goes. */
  begin(channelId: string, direction: 'in' | 'out', muted: boolean, end?: CallEnd): string {
    const before = this.#entries.get(channelId);
    if (before !== undefined) {
      this.#hangUp(this.#release(channelId, before));
      this.#drop(channelId);
    }
    const snapshot: CallSnapshot = {
      id: this.#random.id(),
      channelId,
      direction,
      status: 'connecting',
      muted,
      mutedByOthers: false,
      recording: false,
      transcription: false,
      emergency: false,
      answered: false,
      capabilities: noCallCapabilities('not-connected'),
      quality: { rating: 'unknown', problems: [] },
    };
    this.#entries.set(channelId, { snapshot: end === undefined ? snapshot : endedCall(snapshot, end) });
    this.#publish();
    return snapshot.id;
  }

  /** `call` is what `id` has become; false when another call has taken its place meanwhile. */
  connect(id: string, call: VoiceCall): boolean {
    const entry = this.#byId(id);
    if (entry === undefined || entry.snapshot.status === 'ended') return false;
    const { channelId } = entry.snapshot;
    entry.call = call;
    const subscription = new Subscription();
    entry.subscription = subscription;
    this.#calls.set(new Map(this.#calls.value).set(channelId, call));
    const read = () => this.#read(entry, call);
    read();
    subscription.add(merge(call.state$, call.capabilities$, call.quality$).subscribe(read));
    const show = (people: ChunkedPeople<CallParticipant>) => this.#show(entry, people);
    subscription.add(
      call.people$?.subscribe(show) ??
        call.participants$.subscribe((list) => show(keptPeople(this.#peopleOf(channelId), list))),
    );
    return true;
  }

  /** Shows that the call of this id has ended, and sees to it that it has. */
  end(id: string, end: CallEnd): void {
    const entry = this.#byId(id);
    if (entry === undefined) return;
    this.#hangUp(this.#release(entry.snapshot.channelId, entry));
    this.#update(entry, endedCall(entry.snapshot, end));
    this.#trim();
  }

  close(): void {
    for (const { subscription } of this.#entries.values()) subscription?.unsubscribe();
    this.#entries.clear();
    this.#calls.complete();
    this.#people.complete();
  }

  #read(entry: Entry, call: VoiceCall): void {
    if (entry.call !== call) return;
    const { status, muted, mutedByOthers, recording, transcription, emergency, end } = call.state$.value;
    const { connectedAt = status === 'connected' ? this.#clock.now() : undefined } = entry.snapshot;
    const snapshot: CallSnapshot = {
      ...entry.snapshot,
      status,
      muted,
      mutedByOthers,
      recording,
      transcription,
      emergency,
      capabilities: call.capabilities$.value,
      quality: call.quality$.value,
      ...(connectedAt !== undefined && { connectedAt }),
    };
    if (status !== 'ended') return this.#update(entry, snapshot);
    this.#update(entry, snapshot, end ?? endOf(undefined));
    this.#release(snapshot.channelId, entry);
    this.#trim();
  }

  #show(entry: Entry, people: ChunkedPeople<CallParticipant>): void {
    const { channelId, answered } = entry.snapshot;
    if (people !== this.#peopleOf(channelId)) this.#people.set(new Map(this.#people.value).set(channelId, people));
    if (entry.answeredBy === undefined || !isIn(people.get(entry.answeredBy))) {
      const found = somebodyIn(people);
      delete entry.answeredBy;
      if (found !== undefined) entry.answeredBy = found.id;
    }
    const next = entry.answeredBy !== undefined;
    if (next !== answered) this.#update(entry, { ...entry.snapshot, answered: next });
  }

  #peopleOf(channelId: string): ChunkedPeople<CallParticipant> {
    return this.#people.value.get(channelId) ?? ChunkedPeople.of<CallParticipant>([]);
  }

  #drop(channelId: string): void {
    this.#entries.delete(channelId);
    const people = new Map(this.#people.value);
    if (people.delete(channelId)) this.#people.set(people);
  }

  #update(entry: Entry, next: CallSnapshot, end?: CallEnd): void {
    const snapshot = keepIdentity(entry.snapshot, end === undefined ? next : endedCall(next, end));
    if (snapshot === entry.snapshot) return;
    entry.snapshot = snapshot;
    if (snapshot.status === 'ended') {
      // To the end of the list, so that the first ended one there is the one that ended first.
      this.#entries.delete(snapshot.channelId);
      this.#entries.set(snapshot.channelId, entry);
    }
    this.#publish();
  }

  #release(channelId: string, entry: Entry): VoiceCall | undefined {
    const { call } = entry;
    entry.subscription?.unsubscribe();
    delete entry.call;
    delete entry.subscription;
    if (call === undefined) return undefined;
    const calls = new Map(this.#calls.value);
    calls.delete(channelId);
    this.#calls.set(calls);
    return call;
  }

  #byId(id: string): Entry | undefined {
    return [...this.#entries.values()].find(({ snapshot }) => snapshot.id === id);
  }

  #trim(): void {
    const ended = [...this.#entries].filter(([, { snapshot }]) => snapshot.status === 'ended');
    for (const [channelId] of ended.slice(0, -endedKept)) this.#drop(channelId);
    if (ended.length > endedKept) this.#publish();
  }

  #publish(): void {
    this.#snapshots = [...this.#entries.values()].map(({ snapshot }) => snapshot);
    this.#changed();
  }

  #hangUp(call: VoiceCall | undefined): void {
    if (call === undefined) return;
    const leaving = call.hangUp().catch(() => {});
    this.#leaving.add(leaving);
    void leaving.then(() => this.#leaving.delete(leaving));
  }
}

function isIn(person: CallParticipant | undefined): boolean {
  return person?.status === 'connected' || person?.status === 'held';
}

function somebodyIn(people: Iterable<CallParticipant>): CallParticipant | undefined {
  for (const person of people) if (isIn(person)) return person;
  return undefined;
}
