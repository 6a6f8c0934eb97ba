import { mkdir } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { delay, systemClock } from 'onescreen';
import { acsChat } from 'onescreen/acs/chat';
import { serverChat } from 'onescreen/control-plane';
import { CustomerClient } from 'onescreen/customer';
import { phoneNumber } from '../examples/one-screen/server/contact-center';
import { startDemo } from '../examples/one-screen/server/start-demo';
import { launchChromium } from '../test/chromium';

/** Takes docs/one-screen.png: the example as `npm start` serves it, with a chat under way and a call that rings. */
const file = fileURLToPath(new URL('../docs/one-screen.png', import.meta.url));

const demo = await startDemo({ watch: false });
// A microphone that needs nobody's leave.
const browser = await launchChromium({
  args: ['--use-fake-ui-for-media-stream', '--use-fake-device-for-media-stream', '--allow-loopback-in-peer-connection'],
});
const customers = new CustomerClient({ server: demo.url, providers: [acsChat(), serverChat()], storage: null });
try {
  const page = await browser.newPage({ viewport: { width: 1360, height: 850 }, locale: 'en-GB' });
  await page.goto(demo.url);
  await page.getByRole('button', { name: 'Availability: Available' }).waitFor();
  // The browser plays no sound before a click, and without sound no call is offered.
  await page.mouse.click(700, 500);

  const priya = await customers.start({
    displayName: 'Priya Nair',
    context: { topic: 'billing', invoice: 'R-7712', tier: 'gold', customerSince: 2019 },
    text: 'I was charged twice for my last order. Can you check that?',
  });
  await page.getByRole('button', { name: 'Accept' }).click();
  const composer = page.getByRole('textbox', { name: 'Message', exact: true });
  await composer.fill('Good morning Priya, let me look at invoice R-7712.');
  await composer.press('Enter');
  await page.getByText('Sent', { exact: true }).waitFor();
  await priya.send('Both charges are from the 3rd, on the same card.');
  await priya.markRead();
  await page.getByText('Both charges are from the 3rd').first().waitFor();
  await composer.fill('I see them. The second one will be back on your card within three days.');
  await composer.press('Enter');
  await page.getByText('within three days').first().waitFor();

  demo.emulator?.core.phones.callFrom('+4915123456789', { to: phoneNumber, displayName: 'Maja Lindqvist' });
  await page.getByRole('button', { name: /Why me/ }).click();
  await page.mouse.move(700, 20);
  // What moves on the screen comes to rest.
  await delay(systemClock, 1_000);
  await mkdir(fileURLToPath(new URL('../docs', import.meta.url)), { recursive: true });
  await page.screenshot({ path: file });
  await priya.close();
  console.log(`docs/one-screen.png`);
} finally {
  await customers.close();
  await browser.close();
  await demo.close();
}
