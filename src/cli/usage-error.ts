/** Thrown for a command line that makes no sense; its message goes to the user. */
export class UsageError extends Error {}
