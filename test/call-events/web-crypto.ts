import { createHash, createHmac } from 'node:crypto';

/**
 * Puts digests and signatures that are there at once in place of the browser's, which take real time on other threads:
 * as much as the official client signs requests with.
 */
export function installWebCrypto(): void {
  const keys = new WeakMap<object, Buffer>();
  const subtle = {
    async digest(_algorithm: unknown, data: Uint8Array): Promise<ArrayBuffer> {
      return bytes(createHash('sha256').update(data).digest());
    },
    async importKey(_format: unknown, key: Uint8Array): Promise<object> {
      const handle = {};
      keys.set(handle, Buffer.from(key));
      return handle;
    },
    async sign(_algorithm: unknown, key: object, data: Uint8Array): Promise<ArrayBuffer> {
      return bytes(
        createHmac('sha256', keys.get(key) ?? '')
          .update(data)
          .digest(),
      );
    },
  };
  Object.defineProperty(crypto, 'subtle', { value: subtle, configurable: true });
  Object.defineProperty(globalThis, 'self', { value: globalThis, configurable: true });
}

function bytes(buffer: Buffer): ArrayBuffer {
  return new Uint8Array(buffer).buffer;
}
