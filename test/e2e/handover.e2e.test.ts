import { afterAll, afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { AgentScreen } from './agent-screen';
import { nothing, something } from './call-hearing';
import {
  carla,
  energies,
  expectSound,
  setHandoverStage,
  type HandoverStage,
  type Hearing,
  type Listener,
} from './handover-stage';

const maria = 'Maria Santos';
const lena = 'Lena Hoffmann';

/** One stage for all tests, and a new one after a test that has left something behind. */
let stage: HandoverStage | undefined;
let ada: AgentScreen;
let grace: AgentScreen;
let settled = false;

beforeEach(async () => {
  stage ??= await setHandoverStage();
  ({ ada, grace } = stage);
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

function on(): HandoverStage {
  if (stage === undefined) throw new Error('unable to go on; there is no stage');
  return stage;
}

const hear = (expected: Hearing) => on().hear(expected);

/** A customer on a page of their own, whom Ada has answered. */
async function talking() {
  const customer = await on().callFromPage(maria);
  await hear({ customer: ['music'] });
  const since = Date.now();
  const [music = 0] = await energies([customer]);
  await ada.answer(maria);
  await hear({ Ada: ['customer'], customer: ['Ada'] });
  const end = async (...agents: readonly AgentScreen[]) => {
    customer.expectCalm();
    await customer.button('Hang up').click();
    for (const agent of agents) await agent.wrapUp('Resolved');
    await customer.told('This call has ended.');
    await customer.close();
    await settle();
  };
  return { customer, music, since, end };
}

async function expectHeard(...listeners: readonly Listener[]): Promise<void> {
  for (const energy of await energies(listeners)) expect(energy).toBeGreaterThan(something);
}

/** Whoever speaks beside it would at least double the energy. */
function expectMusicAlone(energy: number, music: number): void {
  expect(energy).toBeGreaterThan(something);
  expect(energy).toBeLessThan(music * 1.5);
}

/** How long the customer has waited, as the card of the call says it, in seconds. */
async function waited(agent: AgentScreen, customer: string): Promise<number> {
  const card = await agent.ringOf(customer).innerText();
  return Number(/waited (\d+) s/.exec(card)?.[1]);
}

describe('a consult', () => {
  test('with an agent is swapped, merged and completed, and each hears whom they should and nobody else', async () => {
    const { customer, music, since, end } = await talking();

    const seconds = Math.floor((Date.now() - since) / 1_000);
    await ada.handOver('Consult', 'Grace Okafor', { note: 'about invoice R-7712' });
    await grace.ringOf(maria).getByText('Consult from Ada Martin: about invoice R-7712').waitFor();
    expect(await waited(grace, maria)).toBeGreaterThanOrEqual(seconds);
    await hear({ Ada: [], customer: ['music'] });
    await grace.join(maria);
    await ada.consulted('Consulting');
    await ada.talksTo('You are talking to Grace Okafor · Maria Santos hears music');
    await hear({ Ada: ['Grace'], Grace: ['Ada'], customer: ['music'] });
    let [byAda = 0, byGrace = 0, byCustomer = 0] = await energies([ada, grace, customer]);
    expect(byAda).toBeGreaterThan(something);
    expect(byGrace).toBeGreaterThan(something);
    expectMusicAlone(byCustomer, music);

    // The customer speaks, too: whoever hears nobody hears nothing of it.
    await grace.call('Mute').click();
    await grace.call('Unmute').waitFor();
    await hear({ Ada: [], Grace: ['Ada'], customer: ['music'] });
    [byGrace = 0, byAda = 0] = await energies([grace], [ada]);
    expect(byAda).toBeLessThan(nothing);
    expect(byGrace).toBeGreaterThan(something);
    await grace.call('Unmute').click();

    await ada.consult('Swap');
    await ada.consulted('Waiting with music');
    await ada.talksTo('You are talking to Maria Santos · Grace Okafor hears music');
    await hear({ Ada: ['customer'], Grace: ['music'], customer: ['Ada'] });
    [byAda = 0, byGrace = 0, byCustomer = 0] = await energies([ada, grace, customer]);
    expect(byAda).toBeGreaterThan(something);
    expect(byCustomer).toBeGreaterThan(something);
    expectMusicAlone(byGrace, music);

    await ada.consult('Merge');
    await ada.consulted('In the call');
    await hear({ Ada: ['Grace', 'customer'], Grace: ['Ada', 'customer'], customer: ['Ada', 'Grace'] });
    await expectHeard(ada, grace, customer);
    await ada.call('Mute').click();
    await ada.call('Unmute').waitFor();
    await hear({ Ada: ['Grace', 'customer'], Grace: ['customer'], customer: ['Grace'] });
    await expectHeard(ada, grace, customer);

    await ada.consult('Complete transfer');
    await ada.page.getByRole('region', { name: 'Wrap-up' }).waitFor();
    expect(await ada.page.getByRole('status', { name: 'Why the call ended' }).innerText()).toBe('');
    await hear({ Grace: ['customer'], customer: ['Grace'] });
    await ada.wrapUp('Passed on to another team');
    await customer.told('You are talking with Grace Okafor.');
    await grace.talksTo('You are talking to Maria Santos');
    await expectHeard(grace, customer);
    for (const words of [
      'Opened: voice',
      'Asking Grace Okafor',
      'Consulting Grace Okafor, the customer hears music',
      'Back with the customer, Grace Okafor hears music',
      'Grace Okafor is in the call',
      'Transferred to Grace Okafor',
    ])
      await grace.timeline.getByText(words).first().waitFor();
    expect(on().conversations()).toHaveLength(1);
    await end(grace);
  });

  test('that is cancelled, or declined, leaves the customer with the agent who asked', async () => {
    const { customer, end } = await talking();
    await ada.handOver('Consult', 'Grace Okafor');
    await grace.join(maria);
    await hear({ Ada: ['Grace'], Grace: ['Ada'], customer: ['music'] });
    await ada.consult('Cancel consult');
    await hear({ Ada: ['customer'], customer: ['Ada'] });
    await ada.consulted('Over');
    await grace.idle();
    await expectHeard(ada, customer);

    await ada.handOver('Consult', 'Grace Okafor');
    await grace.ringOf(maria).waitFor();
    await hear({ Ada: [], customer: ['music'] });
    await grace.decline(maria);
    await hear({ Ada: ['customer'], customer: ['Ada'] });
    await ada.consulted('Over');
    await ada.timeline.getByText('Grace Okafor did not take it (declined)').waitFor();
    await expectHeard(ada, customer);
    await end(ada);
  });

  test('with a phone becomes a conference of three, and then a call of the customer and the phone without agents', async () => {
    const { customer, music } = await talking();
    await ada.handOver('Consult', 'Carla Jung');
    await ada.consulted('Consulting');
    await hear({ Ada: ['Carla'], Carla: ['Ada'], customer: ['music'] });
    const phone = on().phones.latest(carla);
    const [byAda = 0, byCustomer = 0] = await energies([ada, customer]);
    expect(byAda).toBeGreaterThan(something);
    expectMusicAlone(byCustomer, music);
    await expectSound(phone);

    await ada.consult('Merge');
    await ada.talksTo(`You are talking to Maria Santos and ${carla}`);
    await hear({ Ada: ['Carla', 'customer'], Carla: ['Ada', 'customer'], customer: ['Ada', 'Carla'] });
    await expectHeard(ada, customer);

    await ada.consult('Complete transfer');
    await hear({ Carla: ['customer'], customer: ['Carla'] });
    await ada.wrapUp('Passed on to another team');
    await ada.idle();
    await hear({ Carla: ['customer'], customer: ['Carla'] });
    await expectHeard(customer);
    await expectSound(phone);
    phone?.hangUp();
    await customer.told('This call has ended.');
    customer.expectCalm();
    await customer.close();
    await settle();
  });
});

describe('a transfer', () => {
  /** A caller from a phone whom Ada has answered. */
  async function calling() {
    const phone = on().callFromPhone(lena);
    await hear({ customer: ['music'] });
    const since = Date.now();
    await ada.answer(lena);
    await hear({ Ada: ['customer'], customer: ['Ada'] });
    return { phone, age: () => Math.floor((Date.now() - since) / 1_000) };
  }

  async function graceHas(phone: Awaited<ReturnType<typeof calling>>['phone'], age: number): Promise<void> {
    await grace.ringOf(lena).getByText('Transferred by Ada Martin: knows the invoice').waitFor();
    expect(phone.hears()).toEqual(['music']);
    expect(await waited(grace, lena)).toBeGreaterThanOrEqual(age);
    await grace.answer(lena);
    await hear({ Grace: ['customer'], customer: ['Grace'] });
    await ada.wrapUp('Passed on to another team');
    await expectHeard(grace);
    await expectSound(phone);
    expect(on().conversations()).toHaveLength(1);
    phone.hangUp();
    await grace.wrapUp('Resolved');
    await settle();
  }

  test('to an agent gives her the call with its note and its age', async () => {
    const { phone, age } = await calling();
    await expectHeard(ada);
    const seconds = age();
    await ada.handOver('Transfer', 'Grace Okafor', { note: 'knows the invoice' });
    await graceHas(phone, seconds);
  });

  test('to a queue gives it to an agent of the queue with its note and its age', async () => {
    const { phone, age } = await calling();
    await expectHeard(ada);
    const seconds = age();
    await ada.handOver('Transfer', 'Specialists', { note: 'knows the invoice' });
    await graceHas(phone, seconds);
  });

  test('to a phone leaves the two together', async () => {
    const { customer } = await talking();
    await ada.handOver('Transfer', carla);
    await hear({ Carla: ['customer'], customer: ['Carla'] });
    await ada.wrapUp('Passed on to another team');
    await ada.idle();
    const phone = on().phones.latest(carla);
    await expectSound(phone);
    await expectHeard(customer);
    phone?.hangUp();
    await customer.told('This call has ended.');
    customer.expectCalm();
    await customer.close();
    await settle();
  });

  test('to a phone that is busy says so, and the customer is still there', async () => {
    const { phone } = await calling();
    on().phones.set(carla, { reaction: 'busy' });
    await ada.handOver('Transfer', carla);
    await ada.failed('unable to transfer; busy');
    await hear({ Ada: ['customer'], customer: ['Ada'] });
    await ada.inCall();
    await expectHeard(ada);
    await expectSound(phone);
    phone.hangUp();
    await ada.wrapUp('Resolved');
    await settle();
  });
});

describe('a recording', () => {
  test('is shown to both agents and to the customer, and so are its pauses and its end', async () => {
    const { customer, end } = await talking();
    await ada.handOver('Consult', 'Grace Okafor', { together: true });
    await grace.join(maria);
    await hear({ Ada: ['Grace', 'customer'], Grace: ['Ada', 'customer'], customer: ['Ada', 'Grace'] });
    const told = customer.page.getByText('This call is being recorded.');
    const shown = async (words: string) => {
      for (const { recording } of [ada, grace]) await recording.getByText(words, { exact: true }).waitFor();
    };

    await ada.call('Start recording').click();
    await shown('Recording');
    await told.waitFor();
    await ada.call('Pause recording').click();
    await shown('Recording paused');
    await told.waitFor({ state: 'detached' });
    await ada.call('Resume recording').click();
    await shown('Recording');
    await told.waitFor();
    await ada.call('Stop recording').click();
    await told.waitFor({ state: 'detached' });
    for (const { recording } of [ada, grace]) await recording.getByText('Recording').waitFor({ state: 'detached' });

    await ada.consult('Cancel consult');
    await hear({ Ada: ['customer'], customer: ['Ada'] });
    await end(ada);
  });
});

describe('a call that waits', () => {
  test('parked by one agent is taken by another', async () => {
    const { customer, music, end } = await talking();
    await ada.call('Park').click();
    const note = ada.page.getByRole('dialog', { name: 'Park' }).getByRole('textbox', { name: 'Note' });
    await note.fill('asks for the warehouse');
    await ada.page.getByRole('button', { name: 'Park call' }).click();
    await hear({ customer: ['music'] });
    await ada.idle();
    const parked = grace.page.getByRole('region', { name: 'Parked calls' });
    await parked.getByText('by Ada Martin: asks for the warehouse').waitFor();
    const [byCustomer = 0] = await energies([customer]);
    expectMusicAlone(byCustomer, music);

    await parked.getByRole('button', { name: 'Take' }).click();
    await hear({ Grace: ['customer'], customer: ['Grace'] });
    await grace.inCall();
    await customer.told('You are talking with Grace Okafor.');
    await expectHeard(grace, customer);
    expect(on().conversations()).toHaveLength(1);
    await end(grace);
  });

  test('is given up for a callback, which comes at its turn in the same conversation', async () => {
    const customer = await on().callFromPage(maria);
    await hear({ customer: ['music'] });
    await ada.ringOf(maria).waitFor();
    await customer.page.getByRole('textbox', { name: 'Your number' }).fill(carla);
    await customer.page.getByRole('button', { name: 'Call me back' }).click();
    await customer.told('We call you back');
    customer.expectCalm();
    await customer.close();

    await ada.ringOf(maria).getByText('A callback that was promised').waitFor();
    await ada.join(maria);
    await hear({ Ada: ['Carla'], Carla: ['Ada'] });
    await ada.inCall();
    const phone = on().phones.latest(carla);
    await expectHeard(ada);
    await expectSound(phone);
    for (const words of ['Waiting in the queue', /^Callback promised for/, 'Calling back'])
      await ada.timeline.getByText(words).first().waitFor();
    expect(await ada.timeline.getByText('Opened: voice').count()).toBe(2);
    expect(on().conversations()).toHaveLength(1);
    phone?.hangUp();
    await ada.wrapUp('Resolved');
    await settle();
  });
});
