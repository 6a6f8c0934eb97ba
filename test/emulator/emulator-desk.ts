import { createServer, type IncomingMessage } from 'node:http';
import { json } from 'node:stream/consumers';
import { startEmulator, type Emulator } from 'onescreen/emulator';
import type { TestProject } from 'vitest/node';
import { listen } from '../../examples/one-screen/server/listen';
import { at } from './bench-values';
import { Misfits } from './misfits';
import type { RemoteEmulatorOptions } from './remote-emulator';

declare module 'vitest' {
  interface ProvidedContext {
    /** Where tests in the browser get emulators. */
    readonly emulatorDesk: string;
  }
}

/** Starts, steers and ends emulators for tests that run in the browser, over HTTP. */
export default async function setUp(project: TestProject): Promise<() => Promise<void>> {
  const running = new Map<string, { readonly emulator: Emulator; readonly misfits: Misfits }>();

  const answer = async (request: IncomingMessage): Promise<unknown> => {
    const [, id = ''] = (request.url ?? '').split('/');
    const body: unknown = request.method === 'POST' ? await json(request) : undefined;
    if (id === '') {
      const misfits = new Misfits();
      const emulator = await startEmulator({ ...(body as RemoteEmulatorOptions), onExchange: misfits.check });
      const key = String(running.size);
      running.set(key, { emulator, misfits });
      return { id: key, endpoint: emulator.endpoint, connectionString: emulator.connectionString };
    }
    const known = running.get(id);
    if (known === undefined) throw new Error(`there is no emulator ${id}`);
    if (request.method === 'DELETE') {
      await known.emulator.close();
      return { checked: known.misfits.checked, misfits: known.misfits.take() };
    }
    const response = await known.emulator.core.control(
      new Request(`http://control.invalid${String(at(body, 'path'))}`, {
        method: String(at(body, 'method')),
        ...(at(body, 'body') !== undefined && { body: JSON.stringify(at(body, 'body')) }),
      }),
    );
    if (!response.ok) throw new Error(`the control surface answered ${response.status}`);
    return response.json();
  };

  const server = createServer((request, response) => {
    const headers = { 'access-control-allow-origin': '*', 'access-control-allow-methods': 'POST, DELETE' };
    if (request.method === 'OPTIONS') return void response.writeHead(204, headers).end();
    answer(request).then(
      (body) => response.writeHead(200, { ...headers, 'content-type': 'application/json' }).end(JSON.stringify(body)),
      (error: unknown) => response.writeHead(500, headers).end(String(error)),
    );
  });
  project.provide('emulatorDesk', await listen(server, 0, false));
  return async () => {
    await Promise.all([...running.values()].map(({ emulator }) => emulator.close()));
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  };
}
