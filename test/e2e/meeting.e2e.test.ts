import { afterAll, afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { AgentScreen } from './agent-screen';
import { something } from './call-hearing';
import { energies } from './handover-stage';
import type { MeetingCustomer } from './meeting-customer';
import { setMeetingStage, type MeetingStage } from './meeting-stage';
import { expectPictures } from './pictures-seen';

const maria = 'Maria Santos';

/** One stage for all tests, and a new one after a test that has left something behind. */
let stage: MeetingStage | undefined;
let ada: AgentScreen;
let settled = false;

beforeEach(async () => {
  stage ??= await setMeetingStage();
  ({ ada } = stage);
  settled = false;
});
afterEach(async () => {
  if (settled) return;
  await stage?.close();
  stage = undefined;
});
afterAll(() => stage?.close());

async function settle(): Promise<void> {
  await on().settle();
  settled = true;
}

function on(): MeetingStage {
  if (stage === undefined) throw new Error('unable to go on; there is no stage');
  return stage;
}

/** A customer who has begun a chat that Ada has accepted. */
async function chatting(): Promise<MeetingCustomer> {
  const customer = await on().openCustomer();
  await customer.chat(maria, 'My router blinks red.');
  await ada.offerOf(maria).waitFor();
  await ada.accept.click();
  await ada.expectMessages(['My router blinks red.']);
  return customer;
}

describe('one conversation over all channels', () => {
  test('goes from a chat to a call to a meeting with an expert and back, and is one timeline', async () => {
    const customer = await chatting();
    await ada.send('Shall we talk?');
    await customer.reads('Shall we talk?');

    await ada.escalate('Call');
    await ada.callStatus.getByText('Ringing…').waitFor();
    await ada.page.getByText('The customer is invited to a call').waitFor();
    // Ends the call as well, and says so.
    await ada.page.getByRole('button', { name: 'End all' }).waitFor();
    await customer.accept('a call');
    await ada.inCall();
    const [atAda = 0, atMaria = 0] = await energies([ada, customer]);
    expect(Math.min(atAda, atMaria)).toBeGreaterThan(something);

    await ada.escalate('Teams meeting instead of the call');
    await ada.inMeeting('Join with video').click();
    await ada.meets('Waiting in the lobby');
    await customer.accept('a video meeting');
    await customer.told(/You are in the lobby/);
    const irina = await on().openTeams('Irina Popescu');
    await irina.join();
    await irina.admit('Ada Martin');
    await ada.meets('In the meeting');
    await ada.timeline.getByText('Irina Popescu joined').waitFor();
    await irina.admit(maria);
    await customer.told('You are in the meeting.');
    await customer.expectNoCall();

    await irina.press('Start video');
    await customer.press('Start video');
    await expectPictures(ada.page);
    await expectPictures(customer.page);
    await expectPictures(irina.page);

    await ada.inMeeting('Share screen').click();
    await irina.page.getByRole('figure', { name: 'Screen of Ada Martin' }).waitFor();
    await customer.page
      .getByRole('figure', { name: /Ada Martin/ })
      .first()
      .waitFor();
    await ada.inMeeting('Stop sharing').click();
    await irina.page.getByRole('figure', { name: 'Screen of Ada Martin' }).waitFor({ state: 'detached' });

    await irina.write('Please turn it around once.');
    await irina.reads('Please turn it around once.');
    await customer.reads('Please turn it around once.');
    await ada.timeline.getByText('Please turn it around once.').waitFor();

    await ada.inMeeting('End meeting').click();
    await customer.told('The meeting has ended.');
    await ada.send('All green now?');
    await customer.reads('All green now?');
    await customer.write('Yes, thank you!');
    await ada.timeline.getByText('Yes, thank you!').waitFor();
    await ada.page.getByRole('button', { name: 'End chat' }).click();
    await ada.page.getByRole('region', { name: 'Wrap-up' }).waitFor();
    expect(await ada.history()).toEqual([
      'Opened: chat',
      `${maria} joined`,
      'Waiting in the queue',
      'Offered to you',
      'My router blinks red.',
      'Ada Martin joined',
      'Accepted by you',
      'Shall we talk?',
      'Opened: voice',
      'Customer invited to a call',
      'Customer accepted a call',
      'Opened: meeting',
      'Customer invited to a meeting',
      'Put on hold',
      'Ada Martin waits in the lobby',
      'Customer accepted a meeting',
      `${maria} waits in the lobby`,
      'Ada Martin is in the meeting',
      'Irina Popescu joined',
      `${maria} is in the meeting`,
      'Ended (escalated)',
      'Ada Martin shares the screen',
      'Ada Martin shares no more',
      'Please turn it around once.',
      'Irina Popescu left (agent ended)',
      'Ended (agent ended)',
      'All green now?',
      'Yes, thank you!',
      'Ended (agent ended)',
      `${maria} left (agent ended)`,
      'Wrap-up',
    ]);
    expect(on().conversations()).toHaveLength(1);
    await ada.wrapUp('Resolved');
    customer.expectCalm();
    irina.expectCalm();
    await customer.close();
    await irina.close();
    await settle();
  }, 240_000);
});
