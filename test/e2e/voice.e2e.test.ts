import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { AgentScreen } from './agent-screen';
import type { CallCustomer } from './call-customer';
import { heard, nothing, something } from './call-hearing';
import { number, setCallStage, type CallStage } from './call-stage';

let stage: CallStage;
beforeEach(async () => {
  // Less would not outlast what a busy machine takes to ring a page.
  stage = await setCallStage({ queue: { ringTimeoutMs: 5_000 } });
});
afterEach(() => stage.close());

describe("a customer's call from the web page", () => {
  test('is answered with one click, heard both ways, muted and held with music; its end leads to the wrap-up', async () => {
    const agent = await stage.readyAgent('ada');
    const customer = await stage.callFromPage('Maria Santos');
    await agent.answer('Maria Santos');
    await customer.told('You are talking with Ada Martin.');
    const both = () => hearing(agent, customer);
    await both().then(expectBothHeard);

    await agent.call('Mute').click();
    await agent.call('Unmute').waitFor();
    let now = await both();
    expect(now.customer).toBeLessThan(nothing);
    expect(now.agent).toBeGreaterThan(something);
    await agent.call('Unmute').click();
    await agent.call('Mute').waitFor();
    await both().then(expectBothHeard);

    await agent.call('Hold').click();
    await agent.call('Resume').waitFor();
    await customer.told('Ada Martin has put you on hold.');
    expect(hearsOf('customers')).toEqual(['music']);
    now = await both();
    expect(now.customer).toBeGreaterThan(something);
    expect(now.agent).toBeLessThan(nothing);
    await agent.call('Resume').click();
    await agent.call('Hold').waitFor();
    expect(hearsOf('customers')).toEqual([agentName()]);
    await both().then(expectBothHeard);

    await customer.button('Hang up').click();
    await agent.wrapUp('Resolved');
    await agent.page.getByText('No conversation in hand').waitFor();
    expect(stage.emulator.calls.list()).toEqual([]);
    customer.expectCalm();

    await customer.button('Start again').click();
    await customer.call('Maria Santos');
    await agent.answer('Maria Santos');
    await agent.call('Hang up').click();
    await customer.told('This call has ended.');
    await agent.wrapUp('Needs follow-up');
    agent.expectCalm();
    customer.expectCalm();
  });

  test('goes on with one click after the page of its agent was loaded anew', async () => {
    const agent = await stage.readyAgent('ada');
    const customer = await stage.callFromPage('Maria Santos');
    await agent.answer('Maria Santos');

    await agent.page.reload();
    await agent.callStatus.getByText('Connection lost').waitFor();
    await customer.told('You are talking with Ada Martin.');
    expect(hearsOf('customers')).toEqual(['music']);
    await agent.call('Rejoin').click();
    await agent.inCall();

    await hearing(agent, customer).then(expectBothHeard);
    expect(stage.partiesOf('agents')).toHaveLength(1);
    await agent.call('Hang up').click();
    await agent.wrapUp('Resolved');
    agent.expectCalm();
    customer.expectCalm();
  });

  test('ends when the customer leaves the page', async () => {
    const agent = await stage.readyAgent('ada');
    const customer = await stage.callFromPage('Maria Santos');
    await agent.answer('Maria Santos');
    customer.expectCalm();
    await customer.close();
    await agent.wrapUp('Resolved');
    agent.expectCalm();
  });
});

describe('a call from a phone', () => {
  test('is answered and heard both ways; that the caller hangs up leads to the wrap-up', async () => {
    const agent = await stage.readyAgent('ada');
    const phone = stage.callFromPhone('Lena Hoffmann');
    await agent.answer('Lena Hoffmann');
    expect(phone.hears()).toEqual([agentName()]);
    expect(await heard(agent.page)).toBeGreaterThan(something);
    await expect.poll(() => phone.heardLevel(), { interval: 50, timeout: 10_000 }).toBeGreaterThan(0.1);

    phone.hangUp();
    await agent.wrapUp('Resolved');
    agent.expectCalm();
  });

  test('given up while it rings takes its card along, and is nothing that the agent has missed', async () => {
    const agent = await stage.readyAgent('ada');
    const phone = stage.callFromPhone('Lena Hoffmann');
    await agent.ringOf('Lena Hoffmann').waitFor();
    phone.hangUp();
    await agent.ringOf('Lena Hoffmann').waitFor({ state: 'detached' });

    stage.callFromPhone('Marek Nowak');
    await agent.answer('Marek Nowak');
    await agent.page.getByRole('button', { name: 'Availability: Available' }).waitFor();
    agent.expectCalm();
  });

  test('that does not get through to one agent makes that agent unavailable and goes to another with its age', async () => {
    const agents = [await stage.readyAgent('ada'), await stage.readyAgent('grace')] as const;
    stage.callFromPhone('Lena Hoffmann');
    const [first, second] = await Promise.race([
      agents[0]
        .ringOf('Lena Hoffmann')
        .waitFor()
        .then(() => [agents[0], agents[1]] as const),
      agents[1]
        .ringOf('Lena Hoffmann')
        .waitFor()
        .then(() => [agents[1], agents[0]] as const),
    ]);
    stage.emulator.faults.calls.loseRings();
    await first.accept.click();

    await first.page.getByRole('button', { name: 'Availability: Missed a call' }).waitFor();
    await first.page.getByText('unable to accept offer; the phone was not answered').first().waitFor();
    await second
      .ringOf('Lena Hoffmann')
      .getByText(/waited ([5-9]|\d\d) s/)
      .waitFor();
    await second.answer('Lena Hoffmann');
    expect(await heard(second.page)).toBeGreaterThan(something);
    for (const agent of agents) agent.expectCalm();
  });

  test('whose agent vanishes hears music and goes to another agent', async () => {
    await stage.close();
    stage = await setCallStage({ grace: { offersMs: 500, tasksMs: 1_500 } });
    const ada = await stage.readyAgent('ada');
    const phone = stage.callFromPhone('Lena Hoffmann');
    await ada.answer('Lena Hoffmann');
    const grace = await stage.readyAgent('grace');

    await ada.close();
    await expect.poll(() => phone.hears(), { timeout: 20_000 }).toEqual(['music']);
    await grace.answer('Lena Hoffmann');
    await grace.timeline.getByText(/Back in the queue/).waitFor();
    await expect.poll(() => phone.hears(), { timeout: 10_000 }).toHaveLength(1);
    expect(await heard(grace.page)).toBeGreaterThan(something);
    expect(phone.hears()).not.toEqual(['music']);
    grace.expectCalm();
  });
});

describe('a call that an agent makes', () => {
  test('rings, is answered and heard, takes tones, and is wrapped up', async () => {
    const agent = await stage.readyAgent('ada');
    await dial(agent, number);
    await agent.callStatus.getByText('Ringing…').waitFor();
    await agent.inCall();
    expect(await heard(agent.page)).toBeGreaterThan(something);

    await agent.call('Keypad').click();
    const pad = agent.page.getByRole('group', { name: 'Dial pad' });
    for (const key of ['1', '2', 'Hash']) await pad.getByRole('button', { name: key, exact: true }).click();
    const phone = stage.emulator.phones.latest(number);
    await expect.poll(() => phone?.tones).toBe('12#');
    await agent.page.keyboard.press('Escape');

    await agent.call('Hang up').click();
    await agent.wrapUp('Resolved');
    expect(phone?.state$.value.status).toBe('ended');
    agent.expectCalm();
  });

  test.each([
    ['is busy', 'busy', 'Ended (busy)'],
    ['declines', 'decline', 'Ended (declined)'],
    ['does not exist', 'unknown', 'Ended (bad destination)'],
  ] as const)('to a number that %s says so and leads to the wrap-up', async (_what, reaction, words) => {
    const agent = await stage.readyAgent('ada');
    stage.emulator.phones.set(number, { reaction, afterMs: 500 });
    await dial(agent, number);
    await agent.timeline.getByText(words).waitFor();
    await agent.wrapUp('Customer did not answer');
    agent.expectCalm();
  });

  test('is not made to what is no number', async () => {
    const agent = await stage.readyAgent('ada');
    await dial(agent, '+49');
    await agent.page.getByText('Write + and 8 to 15 digits, the country code first.').waitFor();
    expect(stage.emulator.phones.calls).toEqual([]);
    agent.expectCalm();
  });
});

describe('an agent whom calls cannot reach', () => {
  test('is alarmed when the calling service is lost, gets no call meanwhile, and is reached again by itself', async () => {
    const { port } = new URL(stage.demo.emulator?.endpoint ?? '');
    let reachable = true;
    const agent = await stage.readyAgent('ada', {
      before: (page) =>
        page.routeWebSocket(
          (url) => url.port === port,
          (socket) => void (reachable ? socket.connectToServer() : socket.close()),
        ),
    });
    const other = await stage.readyAgent('grace');

    reachable = false;
    stage.emulator.faults.calls.dropSignalling(stage.pagesOf('agents')[0]?.user);
    await agent.page.getByRole('alert', { name: 'Alarm' }).getByText('Calls cannot reach you').waitFor();
    await agent.keptAway('Unable to receive calls; the connection to the service is lost.');
    stage.callFromPhone('Lena Hoffmann');
    await other.answer('Lena Hoffmann');
    await other.call('Hang up').click();

    reachable = true;
    await agent.reachable();
    stage.callFromPhone('Marek Nowak');
    await agent.answer('Marek Nowak');
    expect(await heard(agent.page)).toBeGreaterThan(something);
    other.expectCalm();
  });

  test('is told that the microphone is denied and how to allow it, and gets calls once it is', async () => {
    const agent = await stage.openAgent('ada', {
      // What is not granted is denied from then on.
      before: (page) => page.context().grantPermissions(['geolocation']),
    });
    await agent.online();
    await agent.keptAway(/allow the microphone/);
    await agent.page.getByRole('button', { name: 'Allow microphone' }).waitFor();
    const phone = stage.callFromPhone('Lena Hoffmann');

    await agent.page.context().grantPermissions(['microphone']);
    await agent.onThePhone();
    expect(phone.hears()).toEqual(['music']);
    await agent.answer('Lena Hoffmann');
    agent.expectCalm();
  });
});

async function dial({ page }: AgentScreen, to: string): Promise<void> {
  await page.getByRole('button', { name: 'New call' }).click();
  const dialog = page.getByRole('dialog', { name: 'New call' });
  await dialog.getByRole('textbox', { name: 'Number' }).fill(to);
  await dialog.getByRole('button', { name: 'Call', exact: true }).click();
}

interface Hearing {
  readonly agent: number;
  readonly customer: number;
}

async function hearing(agent: AgentScreen, customer: CallCustomer): Promise<Hearing> {
  const [byAgent, byCustomer] = await Promise.all([heard(agent.page), heard(customer.page)]);
  return { agent: byAgent, customer: byCustomer };
}

function expectBothHeard({ agent, customer }: Hearing): void {
  expect(agent).toBeGreaterThan(something);
  expect(customer).toBeGreaterThan(something);
}

/** Raw id of the one agent who has a page. */
function agentName(): string {
  return stage.pagesOf('agents')[0]?.user ?? '';
}

/** Whom the one customer who has a page hears. */
function hearsOf(kind: 'agents' | 'customers'): readonly string[] {
  return stage.partiesOf(kind).flatMap(({ hears }) => hears);
}
