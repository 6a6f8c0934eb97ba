import type { Clock, SocketConnect } from 'onescreen';
import type { EmulatorCore } from 'onescreen/emulator';
import type { CallingSocket, CallingSocketEvents } from 'onescreen/emulator/calling';
import { inProcessSocket, type FrameServer, type InProcessSocket } from 'onescreen/testing';
import type { PageClock } from './page-clock';

/** Counts frames, so that a schedule can wait for the next ones. */
export interface FrameCount {
  frames: number;
}

interface PageLines {
  readonly page: PageClock;
  readonly network: Clock;
  readonly count: FrameCount;
  /** One way, in milliseconds. */
  readonly latencyMs: number;
}

/** A page's link to the control plane: as in process, but frames take their time, and wait for a frozen page. */
export class DeskLine {
  readonly connect: SocketConnect;
  readonly #socket: InProcessSocket;

  constructor(server: FrameServer, { page, network, count, latencyMs }: PageLines) {
    this.#socket = inProcessSocket(server, page);
    this.connect = (target) => {
      let closed = false;
      const socket = this.#socket({
        ...target,
        receive: (event) => {
          count.frames += 1;
          page.schedule(latencyMs, () => {
            if (!closed) target.receive(event);
          });
        },
      });
      return {
        send: (frame) =>
          void network.schedule(latencyMs, () => {
            count.frames += 1;
            if (!closed) socket.send(frame);
          }),
        close: () => {
          closed = true;
          socket.close();
        },
      };
    };
  }

  /** `downMs`: until it connects again. */
  drop(recover: boolean, downMs: number): void {
    this.#socket.drop({ recover, downMs });
  }

  restore(): void {
    this.#socket.restore();
  }
}

interface OpenSocket {
  cut(): void;
}

/** A page's websockets to the calling service. */
export class CallingLine {
  readonly #core: EmulatorCore;
  readonly #lines: PageLines;
  readonly #open = new Set<OpenSocket>();
  #up = true;

  constructor(core: EmulatorCore, lines: PageLines) {
    this.#core = core;
    this.#lines = lines;
  }

  /** Websockets that neither side has closed. */
  get open(): number {
    return this.#open.size;
  }

  readonly connect = (url: string, events: CallingSocketEvents): CallingSocket => {
    const { page, network, count, latencyMs } = this.#lines;
    let over = false;
    let connection: ReturnType<EmulatorCore['connect']> | undefined;
    const toPage = (run: () => void) =>
      page.schedule(latencyMs, () => {
        if (!over) run();
      });
    const closed = (code?: number) => {
      this.#open.delete(socket);
      toPage(() => {
        over = true;
        events.closed(code);
      });
    };
    const socket: OpenSocket = {
      cut: () => {
        this.#open.delete(socket);
        connection?.ended();
        closed();
      },
    };
    this.#open.add(socket);
    network.schedule(latencyMs, () => {
      if (over || !this.#open.has(socket)) return;
      if (!this.#up) return closed();
      connection = this.#core.connect(url.replace(/^ws/, 'http'), {
        send: (text) => {
          count.frames += 1;
          toPage(() => events.received(text));
        },
        close: (code) => closed(code),
        terminate: () => closed(),
      });
      toPage(() => events.opened());
    });
    return {
      send: (text) =>
        void network.schedule(latencyMs, () => {
          count.frames += 1;
          connection?.receive(text);
        }),
      close: () => {
        over = true;
        // What was sent before still arrives.
        network.schedule(latencyMs, () => {
          this.#open.delete(socket);
          connection?.ended();
        });
      },
    };
  };

  /** Cuts what stands; nothing new connects until `restore`. */
  drop(): void {
    this.#up = false;
    for (const socket of [...this.#open]) socket.cut();
  }

  restore(): void {
    this.#up = true;
  }
}
