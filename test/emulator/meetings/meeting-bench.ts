import type { EmulatorOptions, MeetingOptions, ObservedMeeting } from 'onescreen/emulator';
import type { MeetingFrame } from '../../../src/emulator/calls/frames';
import { CallBench, type Page, type PageOptions, type Question } from '../calls/call-bench';

export const organizer = '8:orgid:0a0a0a0a-0000-4000-8000-000000000001';
export const colleague = '8:orgid:0a0a0a0a-0000-4000-8000-000000000002';

type Join = Extract<Question, { type: 'join' }>;
type Ask<Request> = Request extends { callId: string } ? Omit<Request, 'callId'> : never;

/** Meetings under virtual time, with pages that speak the frames themselves. */
export class MeetingBench extends CallBench {
  constructor(options: EmulatorOptions = {}) {
    super(options);
  }

  create(options: Partial<MeetingOptions> = {}): ObservedMeeting {
    return this.core.meetings.create({ organizer, subject: 'Roof', ...options });
  }

  see(meeting: ObservedMeeting): ObservedMeeting {
    const found = this.core.meetings.get(meeting.id);
    if (found === undefined) throw new Error('the meeting is gone');
    return found;
  }

  /** A page that has asked to join; it is in, in the lobby, or its call has ended. */
  async join(meeting: ObservedMeeting, options: PageOptions & { readonly muted?: boolean } = {}): Promise<Page> {
    const page = await this.page(options);
    await this.joinFrom(page, meeting, options.muted);
    return page;
  }

  async joinFrom(page: Page, meeting: ObservedMeeting, muted = false): Promise<void> {
    await this.joinBy(page, { link: meeting.joinLink }, muted);
  }

  async joinBy(page: Page, where: Join['meeting'], muted = false): Promise<void> {
    await page.ask({ type: 'join', callId: `own-${page.frames.length}`, meeting: where, muted });
    await this.clock.advance(20);
  }

  teamsPage(user: string): Promise<Page> {
    return this.page({ user, kind: 'teamsUser' });
  }

  async joinAsTeamsUser(meeting: ObservedMeeting, user: string): Promise<Page> {
    const page = await this.teamsPage(user);
    await this.joinFrom(page, meeting);
    return page;
  }
}

/** What a page's request about its call is answered with: `ok`, or `code/subCode`. */
export function tried(page: Page, question: Ask<Question>): Promise<string> {
  return page.tried({ ...question, callId: page.callId });
}

export function frameOf(page: Page): MeetingFrame {
  const meeting = page.call?.meeting;
  if (meeting === undefined) throw new Error('the page is in no meeting');
  return meeting;
}

/** What a page may do, as the reason of each capability. */
export const reasonOf = (page: Page, capability: string) => frameOf(page).capabilities[capability]?.reason;

export const rosterOf = (page: Page, user: string) => page.call?.roster.find(({ rawId }) => rawId === user);

/** Raw ids in the slots of a page, by slot. */
export const shownAt = (page: Page) =>
  Object.fromEntries(frameOf(page).pictures.map(({ slot, rawId }) => [slot, rawId]));
