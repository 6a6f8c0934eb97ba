import { connect, createServer, type AddressInfo, type Socket } from 'node:net';

/** An address of the machine's own that leads to another port from some moment on; connections that are open stay where they are. */
export interface MovingAddress {
  readonly port: number;
  moveTo(port: number): void;
  /** As a router that has forgotten all connections: nothing comes through them any more, and nobody says so. */
  forget(): void;
  close(): void;
}

export async function movingAddress(first: number): Promise<MovingAddress> {
  let port = first;
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    const onward = connect(port, '127.0.0.1');
    for (const one of [socket, onward]) {
      sockets.add(one);
      one.on('error', () => {});
    }
    socket.pipe(onward).pipe(socket);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    port: (server.address() as AddressInfo).port,
    moveTo(next) {
      port = next;
    },
    forget() {
      for (const socket of sockets) socket.unpipe().pause();
    },
    close() {
      for (const socket of sockets) socket.destroy();
      server.close();
    },
  };
}
