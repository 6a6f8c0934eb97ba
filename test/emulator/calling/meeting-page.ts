import type { Call, JoinCallOptions } from '@azure/communication-calling';
import type { MeetingFrame, RosterFrame } from '../../../src/emulator/calls/frames';
import { CallingPage, jwt } from './calling-page';

/** A meeting as an attendee sees it who is alone in it. */
export const meeting: MeetingFrame = {
  role: 'Attendee',
  threadId: '19:meeting_one@thread.v2',
  capabilities: { turnVideoOn: { isPresent: true, reason: 'Capable' } },
  lobby: [],
  consent: 'not-needed',
  pictures: [],
  camera: false,
  screen: false,
  dominant: [],
  captions: false,
};

export const olivia: RosterFrame = {
  rawId: '8:orgid:olivia',
  displayName: 'Olivia',
  status: 'connected',
  muted: false,
  role: 'Organizer',
};

export const gus: RosterFrame = {
  rawId: '8:acs:resource_gus',
  displayName: 'Gus',
  status: 'connected',
  muted: false,
  role: 'Attendee',
};

/** A page that has a call agent, and what it joins: the emulator is a script. */
export class MeetingPage {
  readonly page = new CallingPage();
  #agent: Awaited<ReturnType<CallingPage['agent']>> | undefined;

  async agent() {
    return (this.#agent ??= await this.page.agent(jwt()));
  }

  /** Joins, and is where the script then says. */
  async join(options?: JoinCallOptions): Promise<Call> {
    const agent = await this.agent();
    const call = agent.join({ meetingLink: 'https://teams.microsoft.com/l/meetup-join/one' }, options);
    await this.page.clock.advance(1);
    return call;
  }

  /** Has joined, and been let in with Olivia and Gus there. */
  async inside(change: Partial<MeetingFrame> = {}): Promise<Call> {
    const call = await this.join();
    await this.say(call, change);
    return call;
  }

  /** How the meeting stands now. */
  async say(call: Call, change: Partial<MeetingFrame> = {}, roster: readonly RosterFrame[] = [olivia, gus]) {
    await this.page.call(call.id, { oneToOne: false, roster, meeting: { ...meeting, ...change }, muted: call.isMuted });
    await this.page.clock.advance(1);
  }
}
