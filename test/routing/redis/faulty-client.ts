import { systemClock, type Clock } from 'onescreen';
import type { RedisClient, RedisConnection } from 'onescreen/routing/redis';

/** A client whose connections can stand still, as those of a process that was stopped do, or vanish without a word. */
export interface FaultyClient extends RedisClient {
  /** A clock that stands still with the connections. */
  readonly clock: Clock;
  /** Holds back what is sent and what comes, or lets it all go on. */
  hold(held: boolean): void;
  /** Sends what is written to Redis twice, now and then. */
  stutter(how: () => boolean): void;
  /** Is asked about each answer of Redis before it comes; what is returned is waited for. */
  meet(how: (command: string, args: readonly (string | number)[], answer: unknown) => Promise<void> | void): void;
  /** Cuts the connections for good, as the end of a process does. */
  drop(): void;
}

export function faultyClient(client: RedisClient, time: Clock = systemClock): FaultyClient {
  const connections: RedisConnection[] = [];
  const waiting: (() => void)[] = [];
  let held = false;
  let dropped = false;
  let twice = () => false;
  let met: Parameters<FaultyClient['meet']>[0] = () => {};
  const passage = async () => {
    while (held) await new Promise<void>((resolve) => waiting.push(resolve));
    if (dropped) await new Promise(() => {});
  };
  const clock: Clock = {
    now: () => time.now(),
    schedule(delayMs, run) {
      let cancelled = false;
      const cancel = time.schedule(delayMs, () => {
        if (held) waiting.push(() => cancelled || run());
        else run();
      });
      return () => {
        cancelled = true;
        cancel();
      };
    },
  };
  return {
    clock,
    hold(next) {
      held = next;
      if (!held) for (const resume of waiting.splice(0)) resume();
    },
    stutter(how) {
      twice = how;
    },
    meet(how) {
      met = how;
    },
    drop() {
      dropped = true;
      for (const connection of connections) connection.disconnect();
    },
    duplicate(options) {
      const connection = client.duplicate(options);
      connections.push(connection);
      return {
        get status() {
          return connection.status;
        },
        async call(command, args) {
          if (held || dropped) await passage();
          if (command === 'EVAL' && twice()) connection.call(command, args).catch(() => {});
          const answer: unknown = await connection.call(command, args);
          await met(command, args, answer);
          if (held || dropped) await passage();
          return answer;
        },
        on(event: 'ready' | 'close' | 'end' | 'error', listener: (error: Error) => void) {
          return event === 'error' ? connection.on('error', listener) : connection.on(event, listener as () => void);
        },
        // The other end must not notice that a process stands still.
        disconnect: (reconnect) => {
          if (!held && !dropped) connection.disconnect(reconnect);
        },
      };
    },
  };
}
