import type { Locator } from 'playwright';
import { afterAll, afterEach, beforeEach, describe, expect, test } from 'vitest';
import { teamsPeople } from '../../examples/one-screen/server/teams-side';
import { AgentScreen } from './agent-screen';
import { openCalmPage } from './calm-page';
import type { MeetingCustomer } from './meeting-customer';
import { setMeetingStage, type MeetingStage } from './meeting-stage';
import { expectPictures, framesDecoded } from './pictures-seen';
import type { TeamsScreen } from './teams-screen';

const maria = 'Maria Santos';
const me = 'Ada Martin';
/** Who is out of a meeting is out of its chat: what was asked for meanwhile is refused. */
const hasLeft = /403 \(Forbidden\) .*\/chat\/threads\/19%3Ameeting_/;
const organizer = teamsPeople[0]?.id ?? '';

/** One stage with Irina's Teams for all tests, and a new one after a test that has left something behind. */
interface Set {
  readonly stage: MeetingStage;
  readonly irina: TeamsScreen;
}

let set: Set | undefined;
let ada: AgentScreen;
let grace: AgentScreen;
let irina: TeamsScreen;
let settled = false;

beforeEach(async () => {
  set ??= await begin();
  ({ irina } = set);
  ({ ada, grace } = set.stage);
  settled = false;
});
afterEach(async () => {
  if (settled) return;
  await set?.stage.close();
  set = undefined;
});
afterAll(() => set?.stage.close());

async function begin(): Promise<Set> {
  const stage = await setMeetingStage();
  return { stage, irina: await stage.openTeams('Irina Popescu') };
}

function on(): MeetingStage {
  if (set === undefined) throw new Error('unable to go on; there is no stage');
  return set.stage;
}

/** A customer who has begun a chat that Ada has accepted. */
async function chatting(): Promise<MeetingCustomer> {
  const customer = await on().openCustomer();
  await customer.chat(maria, 'My router blinks red.');
  await customer.page.locator('[data-message="sent"]').waitFor();
  await ada.offerOf(maria).waitFor();
  await ada.accept.click();
  await ada.expectMessages(['My router blinks red.']);
  return customer;
}

/** Ada is in a meeting of the conversation with its organizer, and the customer is invited. */
async function inviting(): Promise<void> {
  await ada.escalate('Teams meeting');
  await ada.inMeeting('Join').click();
  await ada.meets('Waiting in the lobby');
  await irina.join();
  await irina.admit(me);
  await ada.meets('In the meeting');
  await noted('Irina Popescu joined');
}

/** Ada and the customer are in. */
async function meeting(): Promise<MeetingCustomer> {
  const customer = await chatting();
  await inviting();
  await customer.accept('a video meeting');
  await letIn(customer);
  return customer;
}

/** Ada comes in again: at once, or by the lobby when the meeting has missed her for too long. */
async function isIn(screen: AgentScreen): Promise<void> {
  await screen.meets(/In the meeting|Waiting in the lobby/);
  if (await screen.page.getByText('Waiting in the lobby', { exact: true }).isVisible()) await irina.admit(me);
  await screen.meets('In the meeting');
}

async function letIn(customer: MeetingCustomer): Promise<void> {
  await customer.told(/You are in the lobby/);
  await irina.admit(maria);
  await customer.told('You are in the meeting.');
  await noted(`${maria} is in the meeting`);
}

/** The chat goes on, both ways. */
async function chatGoesOn(customer: MeetingCustomer): Promise<void> {
  await ada.send('Let us write, then.');
  await customer.reads('Let us write, then.');
  await customer.write('Fine with me.');
  await ada.timeline.getByText('Fine with me.').waitFor();
}

/** Ends what is left of the conversation, and wraps up. */
async function end(customer: MeetingCustomer): Promise<void> {
  await ada.page.getByRole('button', { name: /^End (chat|all)$/ }).click();
  await wrapUp(customer);
}

async function wrapUp(customer: MeetingCustomer): Promise<void> {
  await ada.wrapUp('Resolved');
  await customer.close();
  await on().settle();
  for (const screen of [customer, irina, ada, grace]) screen.expectCalm(hasLeft);
  settled = true;
}

function inUse(units: number): Promise<void> {
  return ada.page.getByText(`${units} of 4 in use`, { exact: true }).waitFor();
}

/** Waits until the timeline says all of these. */
async function noted(...lines: readonly string[]): Promise<void> {
  for (const line of lines) await ada.timeline.getByText(line).first().waitFor();
}

/** Waits until these can be pressed, or say that they cannot. */
async function canPress(possible: boolean, ...buttons: readonly Locator[]): Promise<void> {
  for (const button of buttons) {
    await expect.poll(() => button.getAttribute('aria-disabled')).toBe(possible ? null : 'true');
  }
}

/** Raw id of somebody who is in the meeting. */
function rawIdOf(name: string): string {
  const members = on()
    .emulator.meetings.list()
    .flatMap((one) => one.members);
  const found = members.find(({ displayName }) => displayName === name);
  if (found === undefined) throw new Error(`unable to go on; ${name} is not in the meeting`);
  return found.rawId;
}

function present(): readonly (string | undefined)[] {
  return on()
    .emulator.meetings.list()
    .flatMap(({ members }) => members.map(({ displayName }) => displayName))
    .sort();
}

/** What Grace reads of a conversation that Ada has given her out of a meeting. */
const wholeStory = [
  'Opened: chat',
  'Maria Santos joined',
  'Waiting in the queue',
  'Offered to Ada Martin',
  'My router blinks red.',
  'Ada Martin joined',
  'Accepted by Ada Martin',
  'Opened: meeting',
  'Customer invited to a meeting',
  'Ada Martin waits in the lobby',
  'Ada Martin is in the meeting',
  'Irina Popescu joined',
  'Customer accepted a meeting',
  'Maria Santos waits in the lobby',
  'Maria Santos is in the meeting',
  'Transferring to Grace Okafor',
  'Waiting in the queue',
  'Offered to you',
  'Grace Okafor joined',
  'Accepted by you',
  'Ada Martin left (transferred)',
  'Transferred to Grace Okafor',
  'Wrap-up',
];

describe('a meeting beside a chat', () => {
  test('closes when the customer declines, frees its capacity, and leaves the chat', async () => {
    const customer = await chatting();
    await inUse(1);
    await ada.escalate('Teams meeting');
    await inUse(2);
    await customer.decline('a video meeting');
    await inUse(1);
    await noted('Customer invited to a meeting', 'Customer declined a meeting', 'Ended (declined)');
    await ada.meeting.waitFor({ state: 'detached' });
    await customer.invitation('a video meeting').waitFor({ state: 'detached' });
    await chatGoesOn(customer);
    await end(customer);
  });

  test('tells the agent and the customer that they were not let in, and both can come again', async () => {
    const customer = await chatting();
    await ada.escalate('Teams meeting');
    await ada.inMeeting('Join').click();
    await ada.meets('Waiting in the lobby');
    await irina.join();
    await irina.deny(me);
    await ada.meets(/You were not let in/);
    await noted(`${me} was not let into the meeting`);
    await ada.inMeeting('Join').click();
    await irina.admit(me);
    await ada.meets('In the meeting');

    await customer.accept('a video meeting');
    await customer.told(/You are in the lobby/);
    await irina.deny(maria);
    await customer.told('You were not let into the meeting.');
    await noted(`${maria} was not let into the meeting`);
    await ada.page.getByRole('button', { name: 'Invite the customer' }).click();
    await customer.accept('a video meeting');
    await letIn(customer);
    await ada.inMeeting('End meeting').click();
    await customer.told('The meeting has ended.');
    await chatGoesOn(customer);
    await end(customer);
  });

  test('that ends early leaves the chat', async () => {
    const customer = await meeting();
    await inUse(2);
    await irina.press('End for everybody');
    await customer.told('The meeting has ended.');
    await noted('Ended (meeting ended)');
    await ada.meeting.waitFor({ state: 'detached' });
    await inUse(1);
    await chatGoesOn(customer);
    await end(customer);
  });

  test('outlasts 20 s without media of the customer, and says so meanwhile', async () => {
    const customer = await meeting();
    await customer.press('Start video');
    await ada.inMeeting('Start video').click();
    await expectPictures(ada.page);
    await expectPictures(customer.page);
    const everybody = present();

    const begun = performance.now();
    const { calls } = on().emulator.faults;
    expect(calls.impairMedia(rawIdOf(maria), { cut: true })).toBe(1);
    await ada.page
      .getByRole('figure', { name: `Camera of ${maria}` })
      .getByText('No picture comes in')
      .waitFor();
    await customer.page
      .getByRole('figure', { name: `Camera of ${me}` })
      .getByText('No picture comes in')
      .waitFor();
    await customer.page.getByText('You may hear the others badly').waitFor();
    const stalled = [await framesDecoded(ada.page), await framesDecoded(customer.page)];
    await new Promise((resolve) => setTimeout(resolve, begun + 20_000 - performance.now()));
    expect([await framesDecoded(ada.page), await framesDecoded(customer.page)]).toEqual(stalled);
    expect(present()).toEqual(everybody);
    await ada.meets('In the meeting');

    calls.impairMedia(rawIdOf(maria), undefined);
    await expectPictures(ada.page);
    await expectPictures(customer.page);
    for (const { page } of [ada, customer]) {
      await expect.poll(() => page.getByText('No picture comes in').count(), { timeout: 10_000 }).toBe(0);
    }
    expect(present()).toEqual(everybody);
    await customer.told('You are in the meeting.');
    await end(customer);
  });

  test('goes on with another agent, who sees all that was and joins', async () => {
    const customer = await meeting();
    await ada.page.getByRole('button', { name: 'Transfer' }).click();
    const dialog = ada.page.getByRole('dialog', { name: 'Transfer to' });
    await dialog.getByRole('textbox', { name: 'Note' }).fill('Router in Bonn');
    await dialog.getByRole('button', { name: 'Transfer Grace Okafor' }).click();
    await grace.offerOf(maria).waitFor();
    await grace.accept.click();
    await grace.expectMessages(['My router blinks red.']);
    await expect.poll(() => grace.history(), { timeout: 10_000 }).toEqual(wholeStory);
    await grace.page.getByLabel('From').getByText('Transferred by Ada Martin: Router in Bonn').waitFor();
    const context = grace.page.getByRole('region', { name: 'Customer context' });
    await context.getByText('billing').waitFor();
    await grace.inMeeting('Join').click();
    await irina.admit('Grace Okafor');
    await grace.meets('In the meeting');
    await expect.poll(present, { timeout: 10_000 }).toEqual(['Grace Okafor', 'Irina Popescu', maria]);
    await customer.told('You are in the meeting.');
    await ada.wrapUp('Passed on to another team');
    await grace.page.getByRole('button', { name: 'End all' }).click();
    await customer.told('The meeting has ended.');
    await grace.wrapUp('Resolved');
    await customer.close();
    await on().settle();
    for (const screen of [customer, irina, ada, grace]) screen.expectCalm(hasLeft);
    settled = true;
  });

  test('keeps microphone, camera and screen back until whoever is recorded has agreed', async () => {
    on().emulator.meetings.setPolicy(organizer, { consent: true });
    const customer = await meeting();
    on().emulator.meetings.setPolicy(organizer, {});
    await irina.press('Start recording');
    const sending = ['Start video', 'Share screen', 'Unmute'] as const;
    const ofCustomer = sending.map((name) =>
      customer.page.getByRole('button', { name, exact: true, includeHidden: true }),
    );
    const ofAda = sending.map((name) => ada.inMeeting(name));
    await ada.page.getByText('This meeting is recorded.').waitFor();
    await customer.page.getByRole('alertdialog', { name: 'This meeting is recorded' }).waitFor();
    await canPress(false, ...ofAda, ...ofCustomer);
    await noted(`${me} is asked to agree to the recording`, `${maria} is asked to agree to the recording`);

    await ada.page.getByRole('button', { name: 'I agree' }).click();
    await noted(`${me} has agreed to the recording`);
    await canPress(true, ...ofAda);
    await canPress(false, ...ofCustomer);
    await customer.page.getByRole('button', { name: 'I agree' }).click();
    await noted(`${maria} has agreed to the recording`);
    await canPress(true, ...ofCustomer);
    await customer.press('Start video');
    await expectPictures(ada.page);
    await end(customer);
  });

  test('has the agent’s buttons follow a change of role', async () => {
    const customer = await chatting();
    await inviting();
    await customer.accept('a video meeting');
    const admit = ada.meeting.getByRole('button', { name: `Admit ${maria}` });
    const share = ada.inMeeting('Share screen');
    const spotlight = ada.meeting.getByRole('button', { name: 'Spotlight Irina Popescu' });
    await canPress(true, admit, share, spotlight);
    await irina.makes(me, 'attendee');
    await canPress(false, share, spotlight);
    await admit.waitFor({ state: 'detached' });
    await irina.makes(me, 'presenter');
    await canPress(true, admit, share, spotlight);
    await admit.click();
    await customer.told('You are in the meeting.');
    await end(customer);
  });

  test('is joined again after a reload, and is in one tab at a time', async () => {
    const customer = await meeting();
    await ada.page.reload();
    await ada.online();
    await ada.inMeeting('Join').click();
    await isIn(ada);
    const browser = ada.page.context().browser();
    if (browser === null) throw new Error('unable to open a tab; there is no browser');
    const tab = new AgentScreen(await openCalmPage(browser, ada.page.url(), { beside: ada.page }));
    await tab.online();
    await tab.meets(/In another tab/);
    // The customer is in it, as the log tells, though this tab does not see them.
    expect(await tab.page.getByRole('button', { name: 'Invite the customer' }).count()).toBe(0);
    await tab.inMeeting('Join here').click();
    await isIn(tab);
    await ada.meets(/In another tab/);
    await customer.told('You are in the meeting.');
    tab.expectCalm();
    await tab.close();
    await ada.meets(/You have left/);
    await end(customer);
  });
});

test('a chat that has become a call rings for a colleague who is asked about it', async () => {
  const customer = await chatting();
  await ada.escalate('Call');
  await customer.accept('a call');
  await ada.inCall();
  await ada.handOver('Consult', 'Grace Okafor');
  await grace.ringOf(maria).getByText('Ringing', { exact: true }).waitFor();
  await ada.consult('Cancel consult');
  await ada.consulted('Over');
  await grace.ringOf(maria).waitFor({ state: 'detached' });
  await end(customer);
});
