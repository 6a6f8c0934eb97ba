import type { Locator } from 'playwright';
import type { CalmPage } from './calm-page';

/** The example's page on which a customer calls, used as a customer does. */
export class CallCustomer {
  readonly #calm: CalmPage;

  constructor(calm: CalmPage) {
    this.#calm = calm;
  }

  get page(): CalmPage['page'] {
    return this.#calm.page;
  }

  async call(name: string): Promise<void> {
    await this.page.getByRole('textbox', { name: 'Your name' }).fill(name);
    await this.page.getByRole('button', { name: 'Call us' }).click();
    await this.button('Hang up').waitFor();
  }

  button(name: 'Hang up' | 'Mute' | 'Unmute' | 'Start again'): Locator {
    return this.page.getByRole('button', { name, exact: true });
  }

  /** Waits until the page says it. */
  async told(text: string): Promise<void> {
    await this.page.getByRole('status').getByText(text).waitFor();
  }

  expectCalm(expected?: RegExp): void {
    this.#calm.expectCalm(expected);
  }

  close(): Promise<void> {
    return this.#calm.close();
  }
}
