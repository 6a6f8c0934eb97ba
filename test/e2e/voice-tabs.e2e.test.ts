import { afterEach, beforeEach, expect, test } from 'vitest';
import type { AgentScreen } from './agent-screen';
import { heard, something } from './call-hearing';
import { setCallStage, type CallStage } from './call-stage';

let stage: CallStage;
beforeEach(async () => {
  stage = await setCallStage();
});
afterEach(() => stage.close());

/** How long a tab may take to lead after the one that led has gone, in milliseconds. */
const handOver = 5_000;

/** Two tabs of one agent in one browser: the first leads. */
async function twoTabs(): Promise<{ readonly leader: AgentScreen; readonly follower: AgentScreen }> {
  const leader = await stage.readyAgent('ada');
  const follower = await stage.readyAgent('ada', { beside: leader.page });
  return { leader, follower };
}

const rings = ({ page }: AgentScreen) => page.evaluate(() => window.ringing);

test('over two tabs a call rings once, is answered from the tab that does not ring, and is heard in the other', async () => {
  const { leader, follower } = await twoTabs();
  expect(stage.pagesOf('agents')).toHaveLength(1);
  const phone = stage.callFromPhone('Lena Hoffmann');
  await leader.ringOf('Lena Hoffmann').getByText('Ringing', { exact: true }).waitFor();
  await follower.ringOf('Lena Hoffmann').getByText('Ringing in another tab').waitFor();
  expect(await Promise.all([rings(leader), rings(follower)])).toEqual([1, 0]);

  await follower.answer('Lena Hoffmann');
  await leader.inCall();
  expect(await Promise.all([rings(leader), rings(follower)])).toEqual([0, 0]);
  expect(await follower.page.evaluate(() => window.connections.length)).toBe(0);
  expect(await heard(leader.page)).toBeGreaterThan(something);
  await follower.page.getByRole('status', { name: 'Sound of the call' }).waitFor();

  await follower.call('Mute').click();
  await leader.call('Unmute').waitFor();
  expect(phone.hears()).toEqual([]);
  await leader.call('Unmute').click();
  await follower.call('Mute').waitFor();
  await expect.poll(() => phone.hears()).toHaveLength(1);
  await follower.call('Hang up').click();
  await follower.wrapUp('Resolved');
  await leader.page.getByText('No conversation in hand').waitFor();
  leader.expectCalm();
  follower.expectCalm();
});

test('the tab that is left when the one with the sound closes leads at once, and brings the call back with one click', async () => {
  const { leader, follower } = await twoTabs();
  const phone = stage.callFromPhone('Lena Hoffmann');
  await leader.answer('Lena Hoffmann');
  await follower.inCall();

  await leader.page.close();
  await follower.callStatus.getByText('Connection lost').waitFor({ timeout: handOver });
  await expect.poll(() => stage.pagesOf('agents').length, { timeout: handOver }).toBe(1);
  await expect.poll(() => phone.hears(), { timeout: handOver }).toEqual(['music']);
  await follower.call('Rejoin').click();
  await follower.inCall();

  expect(stage.partiesOf('agents')).toHaveLength(1);
  expect(await heard(follower.page)).toBeGreaterThan(something);
  await follower.call('Hang up').click();
  await follower.wrapUp('Resolved');
  follower.expectCalm();
});

test('the next call is answered in the tab that is left', async () => {
  const { leader, follower } = await twoTabs();
  await leader.page.close();
  await follower.reachable();
  stage.callFromPhone('Lena Hoffmann');
  await follower.ringOf('Lena Hoffmann').getByText('Ringing', { exact: true }).waitFor();
  await follower.answer('Lena Hoffmann');
  expect(await heard(follower.page)).toBeGreaterThan(something);
  expect(stage.pagesOf('agents')).toHaveLength(1);
  follower.expectCalm();
});

test('a tab takes the call of another over, which is in it once', async () => {
  const { leader, follower } = await twoTabs();
  stage.callFromPhone('Lena Hoffmann');
  await leader.answer('Lena Hoffmann');
  await follower.page.getByRole('button', { name: 'Take over here' }).click();
  await follower.call('Rejoin').click();
  await follower.inCall();
  await leader.inCall();
  expect(stage.partiesOf('agents')).toHaveLength(1);
  expect(await heard(follower.page)).toBeGreaterThan(something);
  leader.expectCalm();
  follower.expectCalm();
});

test('a call answered in one browser is none that was missed in another one', async () => {
  const screens = [await stage.readyAgent('ada'), await stage.readyAgent('ada')] as const;
  expect(new Set(stage.pagesOf('agents').map(({ user }) => user)).size).toBe(1);
  const phone = stage.callFromPhone('Lena Hoffmann');
  for (const screen of screens) await screen.ringOf('Lena Hoffmann').waitFor();
  await screens[0].ringOf('Lena Hoffmann').getByRole('button', { name: 'Accept', exact: true }).click();

  await Promise.any(screens.map((screen) => screen.inCall()));
  expect(phone.hears()).toHaveLength(1);
  for (const screen of screens) {
    await screen.ringOf('Lena Hoffmann').waitFor({ state: 'detached' });
    await screen.page.getByRole('button', { name: 'Availability: Available' }).waitFor();
    expect(await rings(screen)).toBe(0);
    screen.expectCalm();
  }
});

test('a tab that freezes gets no calls, which others get, and gets calls again by itself', async () => {
  const ada = await stage.readyAgent('ada');
  const grace = await stage.readyAgent('grace');
  const thaw = await freeze(ada);
  stage.callFromPhone('Lena Hoffmann');
  await grace.ringOf('Lena Hoffmann').waitFor();
  await grace.answer('Lena Hoffmann');
  const waiting = stage.callFromPhone('Marek Nowak');

  await thaw();
  await ada.answer('Marek Nowak');
  expect(waiting.hears()).toHaveLength(1);
  await ada.reachable();
  await ada.page.getByRole('button', { name: 'Availability: Available' }).waitFor();
  expect(await heard(ada.page)).toBeGreaterThan(something);
});

test('a tab takes over from one that freezes', async () => {
  const { leader, follower } = await twoTabs();
  const thaw = await freeze(leader);
  await expect.poll(() => stage.pagesOf('agents').filter(({ online }) => online).length, { timeout: 30_000 }).toBe(2);
  await follower.reachable();
  stage.callFromPhone('Lena Hoffmann');
  await follower.answer('Lena Hoffmann');
  expect(await heard(follower.page)).toBeGreaterThan(something);

  await thaw();
  await leader.inCall();
  await expect.poll(() => stage.pagesOf('agents').length, { timeout: 20_000 }).toBe(1);
  expect(stage.partiesOf('agents')).toHaveLength(1);
  leader.expectCalm();
  follower.expectCalm();
});

/** Stops all that a page does, as a browser does with pages that nobody looks at; headless, only a dialog does so. */
async function freeze({ page }: AgentScreen): Promise<() => Promise<void>> {
  const dialog = page.waitForEvent('dialog');
  void page.evaluate(() => alert('frozen'));
  const open = await dialog;
  return () => open.accept();
}
