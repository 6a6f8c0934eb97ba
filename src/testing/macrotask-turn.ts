/**
 * Resolves in the next macrotask, when every promise chain that can go on by itself has come to rest.
 * It measures no time, so it takes none from the clock.
 */
export const macrotaskTurn: () => Promise<void> = 'setImmediate' in globalThis ? immediateTurn : messageTurns();

function immediateTurn(): Promise<void> {
  return new Promise((resolve) => {
    // eslint-disable-next-line no-restricted-globals -- a turn of the event loop; virtual time stands still meanwhile
    setImmediate(resolve);
  });
}

/** Browsers have no setImmediate; a message to oneself comes as a macrotask without their minimum timer delay. */
function messageTurns(): () => Promise<void> {
  const waiting: (() => void)[] = [];
  const { port1, port2 } = new MessageChannel();
  port1.onmessage = () => waiting.shift()?.();
  return () =>
    new Promise((resolve) => {
      waiting.push(resolve);
      port2.postMessage(undefined);
    });
}
