import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';

/** Listens on loopback, at `port` or, with `otherPorts`, at the next free one after it. Resolves with the origin. */
export async function listen(http: Server, port: number, otherPorts: boolean): Promise<string> {
  const last = otherPorts ? port + 20 : port;
  for (let next = port; ; next++) {
    try {
      await listenOnce(http, next);
      return `http://127.0.0.1:${portOf(http.address())}`;
    } catch (error) {
      if (next === last || !isTaken(error)) throw error;
    }
  }
}

function listenOnce(http: Server, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    http.once('error', reject);
    http.listen(port, '127.0.0.1', () => {
      http.off('error', reject);
      resolve();
    });
  });
}

function isTaken(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'EADDRINUSE';
}

function portOf(address: AddressInfo | string | null): number {
  return typeof address === 'object' && address !== null ? address.port : 0;
}
