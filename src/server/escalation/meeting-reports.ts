import { ContactCenterError } from 'onescreen';
import type { Actor, LogEntry, LogFact, ParticipantRecord } from '../../protocol/log-entry';
import type { MeetingChange, MeetingPerson, MeetingReport } from '../../protocol/meeting-report';
import type { Agent } from '../agent';
import type { Agents } from '../agents';
import { isMeetingHost } from '../channel-host';
import { joinedAgain } from '../channel-work';
import type { Conversation } from '../conversation';
import type { OpenChannel } from '../conversation-channels';
import { notThere } from '../messages';
import type { ResolvedOptions } from '../options';
import type { TaskBoard } from '../task-board';
import type { Work } from '../work';

/** Most people from outside who are taken down of one meeting (chosen). */
const mostExperts = 200;

/** What cannot hold at once, by change: of each of these only the newest counts. */
const aspectOf: Readonly<Record<MeetingChange, 'presence' | 'consent' | 'sharing'>> = {
  waiting: 'presence',
  joined: 'presence',
  left: 'presence',
  denied: 'presence',
  'lobby-timeout': 'presence',
  removed: 'presence',
  failed: 'presence',
  'consent-required': 'consent',
  'consent-granted': 'consent',
  'sharing-started': 'sharing',
  'sharing-stopped': 'sharing',
};

interface MeetingReportsParts {
  readonly options: ResolvedOptions;
  readonly agents: Agents;
  readonly board: TaskBoard;
  readonly work: Work;
  /** The customer is in the meeting; only within the conversation's turn. */
  readonly customerIn: (conversation: Conversation, channelId: string) => Promise<void>;
}

/** What a meeting's pages have told of it so far. */
interface KnownMeeting {
  /** By participant and aspect. */
  readonly changes: Map<string, MeetingChange>;
  /** Participant ids of people from outside, by their names there; kept when they leave. */
  readonly experts: Map<string, string>;
}

/** Meetings as the pages in them tell of: who is one of ours is believed about themselves, the task's agent about everybody else. */
export class MeetingReports {
  readonly #parts: MeetingReportsParts;
  readonly #meetings = new WeakMap<Conversation, Map<string, KnownMeeting>>();

  constructor(parts: MeetingReportsParts) {
    this.#parts = parts;
  }

  /** What the log tells of it. */
  recall(conversation: Conversation, entries: readonly LogEntry[]): void {
    for (const { channelId } of conversation.channels.filter(({ host }) => isMeetingHost(host))) {
      const { changes, experts } = this.#meeting(conversation, channelId);
      for (const entry of entries) {
        if (entry.type === 'participant-joined' && entry.participant.role === 'expert') {
          const { meeting } = entry.participant.providerRefs;
          if (meeting !== undefined) experts.set(meeting, entry.participant.id);
        }
        if (entry.type !== 'channel-changed' || entry.channelId !== channelId) continue;
        const { change, participantId } = entry;
        if (participantId !== undefined && isMeetingChange(change))
          changes.set(`${aspectOf[change]} ${participantId}`, change);
      }
    }
  }

  /**
   * What the page of a participant tells. Rejects with `channel/closed`, with `command/invalid` for what is no meeting, and
   * with `conversation/not-found` for an agent who was not let into it.
   */
  async told(
    conversation: Conversation,
    {
      by,
      channelId,
      report,
    }: { readonly by: Agent | 'customer'; readonly channelId: string; readonly report: MeetingReport },
  ): Promise<void> {
    requireMeeting(conversation, channelId);
    await conversation.log.inTurn(async () => {
      const channel = conversation.channelOf(channelId);
      const id = by === 'customer' ? conversation.customer.id : conversation.participantOf(by.id);
      const participant = conversation.present(id ?? '');
      if (channel === undefined || participant === undefined) return;
      if (by !== 'customer' && !conversation.isIn(channelId, participant.id)) throw notThere();
      const actor: Actor = { kind: by === 'customer' ? 'customer' : 'agent', id: participant.id };
      switch (report.type) {
        case 'self':
          return this.#self(conversation, channel, participant, actor, report);
        case 'others':
          if (by !== 'customer' && this.#hasTask(conversation, by))
            await this.#others(conversation, channel, report.people);
          return;
        case 'over':
          if (by === 'customer' && !this.#isLastIn(conversation, channelId))
            return this.#customerOut(conversation, channel, participant, actor);
          return this.#parts.work.channelOver(conversation, channelId, { by: actor, reason: 'meeting-ended' });
      }
    });
  }

  // Whether it has ended for the agents as well is theirs to say, as long as one is in.
  #isLastIn(conversation: Conversation, channelId: string): boolean {
    const isIn = (id: string) => this.#presence(conversation, channelId, id) === 'joined';
    const agents = conversation.agentIds.flatMap((id) => conversation.participantOf(id) ?? []);
    return isIn(conversation.customer.id) && !agents.some(isIn);
  }

  async #customerOut(
    conversation: Conversation,
    channel: OpenChannel,
    participant: ParticipantRecord,
    by: Actor,
  ): Promise<void> {
    if (this.#presence(conversation, channel.channelId, participant.id) === undefined) return;
    await this.#self(conversation, channel, participant, by, { type: 'self', change: 'left' });
  }

  #presence(conversation: Conversation, channelId: string, participantId: string): MeetingChange | undefined {
    return this.#meeting(conversation, channelId).changes.get(`presence ${participantId}`);
  }

  async #self(
    conversation: Conversation,
    { channelId }: OpenChannel,
    participant: ParticipantRecord,
    by: Actor,
    { change, ref }: Extract<MeetingReport, { readonly type: 'self' }>,
  ): Promise<void> {
    const { changes } = this.#meeting(conversation, channelId);
    const key = `${aspectOf[change]} ${participant.id}`;
    const before = changes.get(key);
    const isNothingNew = before === change || (before === undefined && change === 'sharing-stopped');
    // Somebody's name there is the host's to say; only where it said nothing is the page asked.
    const named =
      ref === undefined || participant.providerRefs['meeting'] !== undefined
        ? []
        : joinedAgain(participant, { ...participant.providerRefs, meeting: ref });
    const facts: readonly LogFact[] = [
      ...named,
      ...(isNothingNew ? [] : [{ type: 'channel-changed', channelId, change, participantId: participant.id } as const]),
    ];
    if (facts.length > 0) await conversation.append(by, ...facts);
    changes.set(key, change);
    if (change === 'joined' && participant.role === 'customer') await this.#parts.customerIn(conversation, channelId);
  }

  async #others(
    conversation: Conversation,
    { channelId }: OpenChannel,
    people: readonly MeetingPerson[],
  ): Promise<void> {
    const { experts } = this.#meeting(conversation, channelId);
    const present = new Map(conversation.meetingExperts.map((one) => [one.providerRefs['meeting'] ?? '', one]));
    const here = new Map(people.filter(({ ref }) => !this.#isOurs(conversation, ref)).map((one) => [one.ref, one]));
    const joined = [...here.values()].filter(({ ref }) => !present.has(ref)).slice(0, mostExperts - present.size);
    const left = [...present.values()].filter(({ providerRefs }) => !here.has(providerRefs['meeting'] ?? ''));
    if (joined.length === 0 && left.length === 0) return;
    const facts = joined.map(({ ref, displayName }): LogFact => {
      const id = experts.get(ref) ?? this.#parts.options.random.id();
      experts.set(ref, id);
      if (conversation.isConcealed(channelId)) conversation.conceal(id);
      const name = displayName.trim();
      const participant = {
        id,
        role: 'expert',
        displayName: name === '' ? 'Participant' : name,
        providerRefs: { meeting: ref },
      } as const;
      return { type: 'participant-joined', participant };
    });
    const leaving = left.map(({ id }): LogFact => ({ type: 'participant-left', participantId: id, reason: 'left' }));
    await conversation.append({ kind: 'system' }, ...leaving, ...facts);
  }

  // Who has given the conversation away may still be in for a moment.
  #isOurs(conversation: Conversation, ref: string): boolean {
    if (conversation.isOurs(ref)) return true;
    return [...this.#parts.agents.all()].some(({ providerRefs }) => providerRefs['meeting'] === ref);
  }

  #hasTask(conversation: Conversation, agent: Agent): boolean {
    return this.#parts.board.taskOf(conversation)?.acceptance?.agentId === agent.id;
  }

  #meeting(conversation: Conversation, channelId: string): KnownMeeting {
    const meetings = this.#meetings.get(conversation) ?? new Map<string, KnownMeeting>();
    this.#meetings.set(conversation, meetings);
    const known = meetings.get(channelId) ?? { changes: new Map(), experts: new Map() };
    meetings.set(channelId, known);
    return known;
  }
}

function isMeetingChange(change: string): change is MeetingChange {
  return Object.hasOwn(aspectOf, change);
}

function requireMeeting(conversation: Conversation, channelId: string): void {
  if (isMeetingHost(conversation.requireChannel(channelId).host)) return;
  throw new ContactCenterError('command/invalid', 'unable to report; the channel is no meeting', {
    field: 'channelId',
  });
}
