import type { Locator } from 'playwright';
import type { CalmPage } from './calm-page';

/** The Teams side of the demo, used as a person of the house uses Teams. */
export class TeamsScreen {
  readonly #calm: CalmPage;

  private constructor(calm: CalmPage) {
    this.#calm = calm;
  }

  /** Signs in as somebody of the house. */
  static async as(calm: CalmPage, name: string): Promise<TeamsScreen> {
    const screen = new TeamsScreen(calm);
    await screen.page.getByRole('button', { name: `Be ${name}` }).click();
    await screen.page.getByRole('list', { name: 'Meetings' }).waitFor({ state: 'attached' });
    return screen;
  }

  get page(): CalmPage['page'] {
    return this.#calm.page;
  }

  get lobby(): Locator {
    return this.page.getByRole('region', { name: 'Lobby' });
  }

  get people(): Locator {
    return this.page.getByRole('list', { name: 'In the meeting' });
  }

  get chat(): Locator {
    return this.page.getByRole('region', { name: 'Meeting chat' });
  }

  /** Joins the one meeting that there is. */
  async join(): Promise<void> {
    await this.page
      .getByRole('list', { name: 'Meetings' })
      .getByRole('button', { name: /^Join / })
      .click();
    await this.stands(/^Connected/);
  }

  /** Accepts to be asked into a meeting. */
  async accept(): Promise<void> {
    await this.page.getByRole('button', { name: 'Accept', exact: true }).click();
    await this.stands(/^Connected/);
  }

  async stands(words: RegExp): Promise<void> {
    await this.page.getByRole('status', { name: 'State' }).getByText(words).waitFor();
  }

  press(
    name:
      | ('Start video' | 'Stop video' | 'Share screen' | 'Stop sharing' | 'Mute' | 'Unmute' | 'Leave')
      | ('Start recording' | 'Stop recording' | 'End for everybody'),
  ): Promise<void> {
    return this.page.getByRole('toolbar', { name: 'Room controls' }).getByRole('button', { name, exact: true }).click();
  }

  admit(name: string): Promise<void> {
    return this.lobby.getByRole('button', { name: `Admit ${name}` }).click();
  }

  deny(name: string): Promise<void> {
    return this.lobby.getByRole('button', { name: `Deny ${name}` }).click();
  }

  makes(name: string, role: 'presenter' | 'attendee'): Promise<void> {
    return this.people.getByRole('button', { name: `Make ${name} ${role}` }).click();
  }

  async write(text: string): Promise<void> {
    await this.chat.getByRole('textbox', { name: 'Message to the meeting' }).fill(text);
    await this.chat.getByRole('button', { name: 'Send' }).click();
  }

  async reads(text: string): Promise<void> {
    await this.chat.getByText(text).waitFor();
  }

  expectCalm(expected?: RegExp): void {
    this.#calm.expectCalm(expected);
  }

  close(): Promise<void> {
    return this.#calm.close();
  }
}
