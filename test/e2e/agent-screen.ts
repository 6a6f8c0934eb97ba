import type { Locator, Page } from 'playwright';
import { expect } from 'vitest';
import type { CalmPage } from './calm-page';

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

  expectCalm(): void {
    this.#calm.expectCalm();
  }

  close(): Promise<void> {
    return this.#calm.close();
  }
}
