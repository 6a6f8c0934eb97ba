import type { Locator } from 'playwright';
import { expect } from 'vitest';
import type { CalmPage } from './calm-page';

/** The example's customer page, used as a customer does who begins with a chat. */
export class MeetingCustomer {
  readonly #calm: CalmPage;

  constructor(calm: CalmPage) {
    this.#calm = calm;
  }

  get page(): CalmPage['page'] {
    return this.#calm.page;
  }

  get meeting(): Locator {
    return this.page.getByRole('region', { name: 'Meeting', exact: true });
  }

  async chat(name: string, text: string): Promise<void> {
    await this.page.getByRole('textbox', { name: 'Your name' }).fill(name);
    await this.page.getByRole('textbox', { name: 'Message' }).fill(text);
    await this.page.getByRole('button', { name: 'Start chat' }).click();
    await this.page.getByRole('button', { name: 'End chat' }).waitFor();
    // On its way, it would find its place in the timeline before or after the agent who accepts meanwhile.
    await this.page
      .locator('[data-message]:not([data-message="sending"], [data-message="queued"])')
      .getByText(text, { exact: true })
      .waitFor();
  }

  async write(text: string): Promise<void> {
    await this.page.getByRole('textbox', { name: 'Message' }).fill(text);
    await this.page.getByRole('textbox', { name: 'Message' }).press('Enter');
  }

  async reads(text: string): Promise<void> {
    await this.page.locator('[data-message]').getByText(text, { exact: true }).waitFor();
  }

  invitation(into: 'a call' | 'a video meeting'): Locator {
    return this.page.getByRole('group', { name: `Invitation to ${into}` });
  }

  accept(into: 'a call' | 'a video meeting'): Promise<void> {
    return this.invitation(into).getByRole('button', { name: 'Join', exact: true }).click();
  }

  decline(into: 'a call' | 'a video meeting'): Promise<void> {
    return this.invitation(into).getByRole('button', { name: 'Not now' }).click();
  }

  /** Waits until the page says so of the call or the meeting. */
  async told(text: string | RegExp): Promise<void> {
    await this.page.getByRole('status').getByText(text).first().waitFor();
  }

  press(name: 'Start video' | 'Share screen' | 'Stop sharing' | 'Mute' | 'Leave' | 'Raise hand'): Promise<void> {
    return this.page
      .getByRole('toolbar', { name: 'Meeting controls' })
      .getByRole('button', { name, exact: true })
      .click();
  }

  expectCalm(expected?: RegExp): void {
    this.#calm.expectCalm(expected);
  }

  async expectNoCall(): Promise<void> {
    await expect.poll(() => this.page.getByRole('button', { name: 'Hang up' }).count()).toBe(0);
  }

  close(): Promise<void> {
    return this.#calm.close();
  }
}
