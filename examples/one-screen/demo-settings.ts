/** What the page has to know of the demo that serves it. */
export interface DemoSettings {
  /** Where the emulator is; null with a real ACS resource. */
  readonly emulator: string | null;
  readonly queues: readonly { readonly id: string; readonly name: string }[];
}

let asked: Promise<DemoSettings> | undefined;

/** Asked for once; after a failure, the next call tries again. */
export function demoSettings(): Promise<DemoSettings> {
  asked ??= read().catch((error: unknown) => {
    asked = undefined;
    throw error;
  });
  return asked;
}

async function read(): Promise<DemoSettings> {
  const response = await fetch('/demo.json');
  if (!response.ok) throw new Error(`unable to read the demo's settings; the server answered ${response.status}`);
  const { emulator = null, queues = [] }: Partial<DemoSettings> = await response.json();
  return { emulator, queues };
}
