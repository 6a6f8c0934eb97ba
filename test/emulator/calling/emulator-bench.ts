import type { CallAgentOptions } from '@azure/communication-calling';
import { AzureCommunicationTokenCredential } from '@azure/communication-common';
import { createEmulator } from 'onescreen/emulator';
import type { OpenCallingSocket } from 'onescreen/emulator/calling';
import { seededRandom, virtualClock } from 'onescreen/testing';
import { CountingMedia } from '../calls/counting-media';
import { CallingPage } from './calling-page';

/** The emulator itself behind several pages, in one process, under virtual time, with media that only count. */
export class EmulatorBench {
  // Real tokens are judged by the official credential, which has the machine's clock.
  readonly clock = virtualClock(Date.now());
  readonly media = new CountingMedia();
  readonly core = createEmulator({ clock: this.clock, random: seededRandom(7), limits: false, media: this.media });
  readonly #drops = new Map<CallingPage, () => void>();

  /** A page with a call agent of a new user. */
  async agent(options: CallAgentOptions = {}) {
    const user = this.core.createUser();
    const page = this.#page();
    const agent = await page.soon(page.client().createCallAgent(this.#credential(user, 'acsUser'), options));
    return { user, page, agent };
  }

  /** A page with a call agent of a Teams user, by raw id. */
  async teamsAgent(user: string) {
    const page = this.#page();
    const agent = await page.soon(page.client().createTeamsCallAgent(this.#credential(user, 'teamsUser')));
    return { user, page, agent };
  }

  drop(page: CallingPage): void {
    this.#drops.get(page)?.();
  }

  #credential(user: string, kind: 'acsUser' | 'teamsUser') {
    return new AzureCommunicationTokenCredential(this.core.issueToken(user, { scopes: ['voip'], kind }).token);
  }

  #page(): CallingPage {
    let drop = () => {};
    const page = new CallingPage(
      this.clock,
      this.#socket((dropped) => (drop = dropped)),
    );
    this.#drops.set(page, () => drop());
    return page;
  }

  #socket(droppable: (drop: () => void) => void): OpenCallingSocket {
    return (url, events) => {
      let open = true;
      const close = (code?: number) => {
        if (!open) return;
        open = false;
        events.closed(code);
      };
      const connection = this.core.connect(url.replace('ws:', 'http:'), {
        send: (text) => queueMicrotask(() => open && events.received(text)),
        close: (code) => queueMicrotask(() => close(code)),
        terminate: () => queueMicrotask(() => close()),
      });
      droppable(() => {
        connection.ended();
        close();
      });
      queueMicrotask(() => open && events.opened());
      return {
        send: (text) => queueMicrotask(() => open && connection.receive(text)),
        close: () => {
          // What was sent before still arrives, as on a real socket.
          queueMicrotask(() => {
            open = false;
            connection.ended();
          });
        },
      };
    };
  }
}
