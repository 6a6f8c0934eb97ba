/** Lets a command run once at a time for each key: who asks again meanwhile gets the answer of the one under way. */
export function inFlight<T>(): (key: string, run: () => Promise<T>) => Promise<T> {
  const running = new Map<string, Promise<T>>();
  return (key, run) => {
    const answer = running.get(key) ?? run().finally(() => running.delete(key));
    running.set(key, answer);
    return answer;
  };
}
