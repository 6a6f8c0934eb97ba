import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { setStage, type Stage } from './stage';

const hostile =
  '<p>see <b>order 17</b></p><script>window.hacked = true</script><img src="x" onerror="window.hacked = true">' +
  '<a href="javascript:window.hacked = true">link</a>';

describe.each([
  { kind: 'official', who: 'the official ChatClient over ACS' },
  { kind: 'hosted', who: 'CustomerClient over serverChat()' },
] as const)('a customer with $who', ({ kind }) => {
  let stage: Stage;
  beforeAll(async () => {
    stage = await setStage();
  });
  afterAll(() => stage.close());

  test('talks with an agent from the offer to the end, every message once and in order', async () => {
    const agent = await stage.openAgent('ada');
    await agent.online();
    const customer = await stage.openCustomer(kind);

    await customer.start('Maria Santos', { topic: 'billing' });
    await customer.send('Hello, I was charged twice');
    const offer = agent.offerOf('Maria Santos');
    await offer.getByText('topic: billing').waitFor();
    await offer.getByText(/\d+ s left/).waitFor();
    await offer.getByRole('button', { name: /Why me/ }).click();
    await offer.getByText('billing at least 3').waitFor();
    await agent.accept.click();
    await agent.expectMessages(['Hello, I was charged twice']);

    // Typing, both ways. A signal sent before the agent's client listens is lost, and clients repeat it after 8 s.
    const seenTyping = async () => {
      await customer.typing();
      return agent.timeline.getByText('Maria Santos is typing…').isVisible();
    };
    await expect.poll(seenTyping, { timeout: 30_000, interval: 500 }).toBe(true);
    await agent.composer.pressSequentially('Good mo');
    await expect.poll(async () => (await customer.told()).filter(({ type }) => type === 'typing').length).toBe(1);

    // Messages, both ways, and receipts, both ways.
    await agent.send('Good morning Maria');
    await customer.toldTimes('message', 1);
    await customer.markRead();
    await agent.timeline.getByText('Read', { exact: true }).waitFor();
    const second = await customer.send('It is order 71');
    await expect.poll(async () => (await customer.told()).some(({ type }) => type === 'read')).toBe(true);
    const slip = await customer.send('sorry, wrong window');
    await agent.expectMessages([
      'Hello, I was charged twice',
      'Good morning Maria',
      'It is order 71',
      'sorry, wrong window',
    ]);

    // Edits and deletions, both ways.
    await customer.edit(second, 'It is order 17');
    await customer.delete(slip);
    await agent.send('One momment');
    await agent.send('This is for somebody else');
    await customer.toldTimes('message', 3);
    await agent.act('One momment', 'Edit');
    await agent.page.getByRole('textbox', { name: 'Edit message' }).fill('One moment');
    await agent.page.keyboard.press('Enter');
    await agent.act('This is for somebody else', 'Delete');
    expect(await customer.toldTimes('edited', 1)).toEqual([{ type: 'edited', text: 'One moment' }]);
    await customer.toldTimes('deleted', 1);

    // HTML, made safe.
    await customer.sendHtml(hostile);
    await agent.timeline.getByText('order 17', { exact: true }).waitFor();
    expect(await agent.timeline.locator('b').allInnerTexts()).toEqual(['order 17']);
    expect(await agent.timeline.locator('script, img[onerror], a[href^="javascript"]').count()).toBe(0);
    expect(await agent.page.evaluate(() => 'hacked' in window)).toBe(false);

    const said = (await agent.messages()).map((text) => text.replace(/\s+/g, ' ').trim());
    expect(said).toEqual([
      'Hello, I was charged twice',
      'Good morning Maria',
      'It is order 17',
      'Message deleted',
      'One moment',
      'Message deleted',
      expect.stringMatching(/^see order 17/),
    ]);
    const heard = await customer.messages();
    expect(heard.map(({ own, edited, deleted }) => ({ own, edited, deleted }))).toEqual([
      { own: true, edited: false, deleted: false },
      { own: false, edited: false, deleted: false },
      { own: true, edited: true, deleted: false },
      { own: true, edited: false, deleted: true },
      { own: false, edited: true, deleted: false },
      { own: false, edited: false, deleted: true },
      { own: true, edited: false, deleted: false },
    ]);
    expect(heard.slice(0, 3).map(({ text }) => text)).toEqual([
      'Hello, I was charged twice',
      'Good morning Maria',
      'It is order 17',
    ]);
    expect((await customer.told()).filter(({ type }) => type === 'message')).toEqual([
      { type: 'message', text: 'Good morning Maria' },
      { type: 'message', text: 'One momment' },
      { type: 'message', text: 'This is for somebody else' },
    ]);

    // The end, and the wrap-up that asks for a disposition.
    await agent.page.getByRole('button', { name: 'End chat' }).click();
    await customer.toldTimes('ended', 1);
    const wrapUp = agent.page.getByRole('region', { name: 'Wrap-up' });
    const complete = wrapUp.getByRole('button', { name: 'Complete' });
    expect(await complete.getAttribute('aria-disabled')).toBe('true');
    await wrapUp.getByRole('radio', { name: 'Resolved' }).check();
    await wrapUp.getByRole('textbox', { name: 'Notes' }).fill('Refunded one of two charges');
    await complete.click();
    await agent.page.getByText('No conversation in hand').waitFor();

    agent.expectCalm();
    customer.expectCalm();
    await customer.close();
    await agent.close();
  });
});
