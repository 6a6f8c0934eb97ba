/** One command of `onescreen`. */
export interface Command {
  readonly usage: string;
  /** Runs it with what follows its name. Throws a UsageError, or whatever parseArgs throws, for options that make no sense. */
  run(args: readonly string[]): Promise<void>;
}
