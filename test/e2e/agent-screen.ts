import type { Locator, Page } from 'playwright';
import { expect } from 'vitest';
import type { CalmPage } from './calm-page';

interface HandOverOptions {
  readonly note?: string;
  readonly together?: boolean;
}

type CallButton =
  | ('Mute' | 'Unmute' | 'Hold' | 'Resume' | 'Keypad' | 'Hang up' | 'Rejoin')
  | ('Consult' | 'Transfer' | 'Park')
  | ('Start recording' | 'Pause recording' | 'Resume recording' | 'Stop recording');

type MeetingButton =
  | ('Join' | 'Join with video' | 'Join here' | 'Leave' | 'End meeting' | 'Mute' | 'Unmute' | 'Hold' | 'Resume')
  | ('Start video' | 'Stop video' | 'Share screen' | 'Stop sharing' | 'Raise hand' | 'Captions');

/** The agent's screen, used as an agent does: by what it says and what its controls are called. */
export class AgentScreen {
  readonly page: Page;
  readonly #calm: CalmPage;

  constructor(calm: CalmPage) {
    this.#calm = calm;
    this.page = calm.page;
  }

  get accept(): Locator {
    return this.page.getByRole('button', { name: 'Accept', exact: true });
  }

  get timeline(): Locator {
    return this.page.getByRole('log', { name: 'Timeline' });
  }

  get composer(): Locator {
    return this.page.getByRole('textbox', { name: 'Message', exact: true });
  }

  async online(): Promise<void> {
    await this.page.getByLabel('Session').getByText('online').waitFor();
    await this.page.getByRole('button', { name: 'Availability: Available' }).waitFor();
  }

  /** Presses Accept at this moment of this machine's clock. */
  async acceptAt(instant: number): Promise<void> {
    await this.accept.evaluate(
      (button: HTMLElement, at) =>
        new Promise<void>((resolve) => {
          setTimeout(() => {
            button.click();
            resolve();
          }, at - Date.now());
        }),
      instant,
    );
  }

  offerOf(customer: string): Locator {
    return this.page.getByRole('article', { name: `Offer: ${customer}` });
  }

  async send(text: string): Promise<void> {
    await this.composer.fill(text);
    await this.composer.press('Enter');
  }

  /** Chooses an action of one of the agent's own messages. */
  async act(text: string, action: 'Edit' | 'Delete'): Promise<void> {
    const message = this.timeline.getByRole('listitem').filter({ hasText: text });
    await message.getByRole('button', { name: 'Message actions' }).click();
    await this.page.getByRole('menuitem', { name: action }).click();
  }

  /** What the messages say, oldest first. */
  messages(): Promise<readonly string[]> {
    return this.timeline.locator('[data-message]').allInnerTexts();
  }

  async expectMessages(expected: readonly string[]): Promise<void> {
    await expect.poll(() => this.messages(), { timeout: 20_000 }).toEqual(expected);
  }

  /** The card of a call that rings. */
  ringOf(caller: string): Locator {
    return this.page.getByRole('article', { name: `Incoming call: ${caller}` });
  }

  /** A button of the call in focus. */
  call(name: CallButton): Locator {
    return this.page.getByRole('toolbar', { name: 'Call controls' }).getByRole('button', { name, exact: true });
  }

  get callStatus(): Locator {
    return this.page.getByRole('status', { name: 'Call status' });
  }

  /** Online, and with a phone that can be reached. Browsers play nothing before the first click. */
  async onThePhone(): Promise<void> {
    await this.online();
    await this.page.getByText('one screen', { exact: true }).click();
    await this.reachable();
  }

  /** Waits until nothing keeps calls away any more. */
  async reachable(): Promise<void> {
    await this.#keepsAway.and(this.page.locator(':empty')).waitFor({ state: 'attached' });
  }

  /** Waits until the screen says so of what keeps calls away. */
  async keptAway(words: string | RegExp): Promise<void> {
    await this.#keepsAway.getByText(words).waitFor();
  }

  get #keepsAway(): Locator {
    return this.page.getByRole('status', { name: 'What keeps calls away' });
  }

  /** Accepts to be asked about the call of a caller, without waiting for it. */
  async join(caller: string): Promise<void> {
    await this.ringOf(caller).getByRole('button', { name: 'Accept', exact: true }).click();
  }

  async decline(caller: string): Promise<void> {
    await this.ringOf(caller).getByRole('button', { name: 'Decline' }).click();
  }

  /** Answers the call of a caller and waits until it stands. */
  async answer(caller: string): Promise<void> {
    await this.join(caller);
    await this.inCall();
  }

  async inCall(): Promise<void> {
    await this.callStatus.and(this.page.getByText('In call', { exact: true })).waitFor();
  }

  /** Finds somebody in the directory, or writes a number, and asks them or gives them the call. */
  async handOver(kind: 'Consult' | 'Transfer', to: string, options: HandOverOptions = {}): Promise<void> {
    await this.call(kind).click();
    const dialog = this.page.getByRole('dialog', { name: kind === 'Consult' ? 'Consult with' : 'Transfer to' });
    const { note, together = false } = options;
    if (note !== undefined) await dialog.getByRole('textbox', { name: 'Note' }).fill(note);
    if (together) await dialog.getByRole('checkbox', { name: 'All together at once, without music' }).check();
    const isNumber = to.startsWith('+');
    if (isNumber) await dialog.getByRole('textbox', { name: 'Number' }).fill(to);
    await dialog.getByRole('button', { name: `${kind} ${isNumber ? 'number' : to}` }).click();
    await dialog.waitFor({ state: 'detached' });
  }

  /** A step of the consult under way. */
  async consult(step: 'Swap' | 'Merge' | 'Complete transfer' | 'Cancel consult'): Promise<void> {
    await this.#consult.getByRole('button', { name: step, exact: true }).click();
  }

  /** Waits until the consult is so far. */
  async consulted(words: 'Consulting' | 'Waiting with music' | 'In the call' | 'Over'): Promise<void> {
    if (words === 'Over') await this.#consult.waitFor({ state: 'detached' });
    else
      await this.#consult.getByRole('status', { name: 'Consult status' }).getByText(words, { exact: true }).waitFor();
  }

  get #consult(): Locator {
    return this.page.getByRole('group', { name: 'Consult' });
  }

  /** Adds a channel to the conversation in focus. */
  async escalate(to: 'Chat' | 'Call' | 'Teams meeting' | 'Teams meeting instead of the call'): Promise<void> {
    await this.page.getByRole('button', { name: 'Add channel' }).click();
    await this.page.getByRole('menuitem', { name: to, exact: true }).click();
  }

  get meeting(): Locator {
    return this.page.getByRole('region', { name: 'Meeting', exact: true });
  }

  /** A button of the meeting in focus. */
  inMeeting(name: MeetingButton): Locator {
    return this.page.getByRole('toolbar', { name: 'Meeting controls' }).getByRole('button', { name, exact: true });
  }

  /** Waits until the meeting stands so. */
  async meets(words: 'Not joined' | 'Waiting in the lobby' | 'In the meeting' | 'Meeting on hold' | RegExp) {
    await this.page.getByRole('status', { name: 'Meeting status' }).getByText(words).waitFor();
  }

  /** Everything in the timeline, oldest first, without times and without who wrote a message when. */
  async history(): Promise<readonly string[]> {
    const items = await this.timeline.getByRole('listitem').all();
    const texts: string[] = [];
    for (const item of items) {
      const message = item.locator('[data-message]');
      const text = (await message.count()) > 0 ? await message.first().innerText() : await item.innerText();
      texts.push(text.replace(/ · \d{1,2}:\d{2}.*$/, '').trim());
    }
    return texts.filter((text) => text !== '' && text !== 'Show earlier');
  }

  /** Waits until the screen says so of whom the agent talks to. */
  async talksTo(words: string): Promise<void> {
    await this.page.getByRole('status', { name: 'Talking to' }).getByText(words, { exact: true }).waitFor();
  }

  get recording(): Locator {
    return this.page.getByRole('status', { name: 'Recording' });
  }

  /** Waits until the screen says that a command has failed, and why. */
  async failed(why: string | RegExp): Promise<void> {
    await this.page.getByText(why).first().waitFor();
  }

  /** Waits until nothing is in hand. */
  async idle(): Promise<void> {
    await this.page.getByText('No conversation in hand').waitFor();
  }

  /** Says how it ended, and completes. */
  async wrapUp(disposition: string): Promise<void> {
    const panel = this.page.getByRole('region', { name: 'Wrap-up' });
    await panel.getByRole('radio', { name: disposition }).check();
    await panel.getByRole('button', { name: 'Complete' }).click();
    await panel.waitFor({ state: 'detached' });
  }

  expectCalm(expected?: RegExp): void {
    this.#calm.expectCalm(expected);
  }

  close(): Promise<void> {
    return this.#calm.close();
  }
}
