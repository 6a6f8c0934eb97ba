import { expect } from 'vitest';
import type { CalmPage } from './calm-page';
import type { CustomerMessage, Told } from './pages/customer-hands';

/** A customer's page, driven through the client that it holds. */
export class CustomerPage {
  readonly #calm: CalmPage;

  private constructor(calm: CalmPage) {
    this.#calm = calm;
  }

  static async ready(calm: CalmPage): Promise<CustomerPage> {
    await calm.page.waitForFunction(() => 'customer' in window);
    return new CustomerPage(calm);
  }

  start(displayName: string, context: Readonly<Record<string, string>> = {}): Promise<void> {
    return this.#calm.page.evaluate((customer) => window.customer.start(customer), { displayName, context });
  }

  send(text: string): Promise<string> {
    return this.#calm.page.evaluate((sent) => window.customer.send(sent), text);
  }

  sendHtml(html: string): Promise<string> {
    return this.#calm.page.evaluate((sent) => window.customer.sendHtml(sent), html);
  }

  edit(id: string, text: string): Promise<void> {
    return this.#calm.page.evaluate((change) => window.customer.edit(change.id, change.text), { id, text });
  }

  delete(id: string): Promise<void> {
    return this.#calm.page.evaluate((gone) => window.customer.delete(gone), id);
  }

  typing(): Promise<void> {
    return this.#calm.page.evaluate(() => window.customer.typing());
  }

  markRead(): Promise<void> {
    return this.#calm.page.evaluate(() => window.customer.markRead());
  }

  messages(): Promise<readonly CustomerMessage[]> {
    return this.#calm.page.evaluate(() => window.customer.messages());
  }

  told(): Promise<readonly Told[]> {
    return this.#calm.page.evaluate(() => window.customer.told());
  }

  /** Waits until the page was told exactly `count` things of this type, and returns them. */
  async toldTimes(type: Told['type'], count: number): Promise<readonly Told[]> {
    const ofType = async () => (await this.told()).filter((one) => one.type === type);
    await expect.poll(async () => (await ofType()).length, { timeout: 20_000 }).toBe(count);
    return ofType();
  }

  expectCalm(): void {
    this.#calm.expectCalm();
  }

  close(): Promise<void> {
    return this.#calm.close();
  }
}
