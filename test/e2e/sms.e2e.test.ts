import { expect, test } from 'vitest';
import { setStage } from './stage';

test('text messages, a channel of a vendor’s own, are answered on the one screen', async () => {
  const stage = await setStage({ chat: 'server' });
  try {
    const ada = await stage.openAgent('ada');
    await ada.online();
    const { sms } = stage.demo;
    const phone = '+4915112345679';
    sms.receive(phone, 'Where is my parcel?');
    await ada.offerOf(phone).waitFor();
    await ada.accept.click();
    await ada.expectMessages(['Where is my parcel?']);
    await ada.page.getByText('sms, queue support').waitFor();
    await ada.send('It arrives today.');
    await expect.poll(() => sms.sent, { timeout: 20_000 }).toEqual([{ to: phone, text: 'It arrives today.' }]);
    sms.receive(phone, 'Great, thanks!');
    await ada.expectMessages(['Where is my parcel?', 'It arrives today.', 'Great, thanks!']);
    await ada.page.getByRole('button', { name: 'End chat' }).click();
    await ada.wrapUp('Resolved');
    ada.expectCalm();
  } finally {
    await stage.close();
  }
});
