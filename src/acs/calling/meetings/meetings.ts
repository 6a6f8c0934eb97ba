import type {
  ChatProvider,
  MeetingChannelHost,
  Meetings,
  MeetingsContext,
  OpenMeetingChannel,
  Tokens,
} from 'onescreen';
import { ContactCenterError, systemBroadcast } from 'onescreen';
import type { CallHandle } from '../agent-handle';
import { toCallingError } from '../calling-error';
import type { DevicePage } from '../device-page';
import type { JoinRequest, OpenedMeeting } from './attendance';
import { openCamera } from './camera';
import { JoinedMeeting } from './joined-meeting';
import { MeetingAgent, type OpenAgent } from './meeting-agent';
import { TeamsMeetingChannel } from './meeting-channel';
import { MeetingChat, meetingTokens } from './meeting-chat';
import { toLocator, type MeetingLocator } from './meeting-locator';
import { meetingIdentity, type MeetingPersona } from './meeting-persona';
import { MeetingReports } from './meeting-reports';
import type { MeetingsSdk } from './meetings-sdk';
import { MeetingTabs } from './tab-line';

export interface MeetingsOptions {
  readonly persona: MeetingPersona;
  readonly load: () => Promise<MeetingsSdk>;
  readonly page: DevicePage;
  readonly chat: ChatProvider | undefined;
  readonly lobbyTimeoutMs?: number;
}

/** The meetings of a desk or of a customer's page. */
export class TeamsMeetings implements Meetings {
  readonly #options: MeetingsOptions;
  readonly #context: MeetingsContext;
  readonly #agent: MeetingAgent;
  readonly #tabs: MeetingTabs;
  readonly #chatTokens: Tokens;
  readonly #channels = new Set<TeamsMeetingChannel>();
  #closed: Promise<void> | undefined;

  constructor(options: MeetingsOptions, context: MeetingsContext) {
    const { persona, load, page } = options;
    const { self, tokens, environment, tabs } = context;
    const { clock, random, broadcast = systemBroadcast() } = environment;
    this.#options = options;
    this.#context = context;
    this.#chatTokens = meetingTokens(tokens);
    this.#agent = new MeetingAgent({
      ...{ persona, tokens, clock, page, load, displayName: self.displayName },
      identity: pageIdentity(persona, self),
    });
    this.#tabs = new MeetingTabs(tabs, random.id(), broadcast, clock, {
      leave: (channelId) => {
        for (const channel of this.#channels) if (channel.id === channelId) channel.giveAway();
      },
      isActive: () => this.#active().length > 0,
      hold: () => this.#holdHere(),
    });
  }

  channel(host: MeetingChannelHost): OpenMeetingChannel {
    const { persona, chat: provider } = this.#options;
    const { self, environment } = this.#context;
    const { clock } = environment;
    const identity = () => meetingIdentity(persona, { ...self.providerRefs, ...host.self$.value?.providerRefs });
    // A Teams user has no ACS chat.
    const chatProvider = persona === 'guest' ? provider : undefined;
    const chat = new MeetingChat({ host, identity, provider: chatProvider, tokens: this.#chatTokens });
    let carrier: OpenAgent | undefined;
    const channel: TeamsMeetingChannel = new TeamsMeetingChannel(host, {
      ...{ persona, clock, identity, chat },
      reports: new MeetingReports((report) => host.report(report), clock),
      elsewhere$: this.#tabs.elsewhere$,
      open: async (request, signal) => {
        const opened = await this.#join(host, identity, request, signal);
        carrier = opened.agent;
        return opened;
      },
      openCamera: () => {
        if (carrier !== undefined) return openCamera(carrier, this.#options.page);
        throw new ContactCenterError('command/not-allowed', 'unable to use the camera; not-connected');
      },
      holdOthers: async () => {
        await this.#context.holdCalls();
        await this.#tabs.holdElsewhere();
        await this.#holdHere(channel);
      },
      take: () => this.#tabs.take(host.channelId),
      drop: () => this.#tabs.drop(host.channelId),
      closed: () => this.#channels.delete(channel),
    });
    if (this.#closed === undefined) this.#channels.add(channel);
    else void channel.close();
    return channel;
  }

  async holdActive(): Promise<void> {
    await this.#holdHere();
    await this.#tabs.holdElsewhere();
  }

  close(): Promise<void> {
    return (this.#closed ??= this.#close());
  }

  async #close(): Promise<void> {
    await Promise.all([...this.#channels].map((channel) => channel.close()));
    this.#tabs.close();
    await this.#agent.close();
  }

  #active(but?: TeamsMeetingChannel): readonly TeamsMeetingChannel[] {
    return [...this.#channels].filter((channel) => channel !== but && channel.isActive);
  }

  async #holdHere(but?: TeamsMeetingChannel): Promise<void> {
    for (const channel of this.#active(but)) await channel.hold();
    for (const channel of this.#channels) if (channel !== but) channel.holdOnceIn();
  }

  async #join(
    host: MeetingChannelHost,
    identity: () => string | undefined,
    { muted, video }: JoinRequest,
    signal: AbortSignal,
  ): Promise<OpenedMeeting & { readonly agent: OpenAgent }> {
    const locator = toLocator(host.info$.value.providerRefs);
    const { lobbyTimeoutMs, page } = this.#options;
    const { agent, release } = await this.#agent.take();
    let handle: CallHandle | undefined;
    try {
      signal.throwIfAborted();
      const camera = video ? await openCamera(agent, page) : undefined;
      if (signal.aborted) camera?.dispose();
      signal.throwIfAborted();
      handle = joinBy(agent, locator, {
        audioOptions: { muted },
        ...(camera !== undefined && { videoOptions: { localVideoStreams: [camera] } }),
      });
      const meeting = new JoinedMeeting({
        ...{ handle, identity, sdk: agent.sdk, clock: this.#context.environment.clock },
        ...(lobbyTimeoutMs !== undefined && { lobbyTimeoutMs }),
        ...(camera !== undefined && { camera }),
        onConnected: () => void agent.devices.reapply(),
      });
      void meeting.ended.then(() => {
        if (meeting.state$.value.end?.code === 'agent/token-refused') agent.renew();
      });
      return { meeting, release, agent };
    } catch (error) {
      // It is up at the service, and nobody here would see it: an open microphone.
      handle?.call.hangUp({ forEveryone: false }).catch(() => {});
      await release();
      throw toCallingError(error, 'join meeting');
    }
  }
}

function joinBy(
  { handle }: OpenAgent,
  { by, locator }: MeetingLocator,
  options: Parameters<Extract<OpenAgent['handle'], { kind: 'CallAgent' }>['agent']['join']>[1],
): CallHandle {
  if (handle.kind === 'CallAgent') {
    const call = by === 'link' ? handle.agent.join(locator, options) : handle.agent.join(locator, options);
    return { kind: 'Call', call };
  }
  const call = by === 'link' ? handle.agent.join(locator, options) : handle.agent.join(locator, options);
  return { kind: 'TeamsCall', call };
}

/** Under which name agents of the same identity on this page wait for each other; a Teams user's also takes calls. */
function pageIdentity(persona: MeetingPersona, { id, providerRefs }: MeetingsContext['self']): string {
  if (persona === 'teamsUser') return `teamsUser ${providerRefs.teams ?? ''}`;
  return `acsUser ${providerRefs.meeting ?? id}`;
}
