/** `2024-06-06T00:04:10Z`: chat over REST has whole seconds. */
export const wholeSeconds = (ms: number) => `${iso(ms).slice(0, 19)}Z`;

/** `2026-11-22T08:07:51.706Z`: realtime events have milliseconds. */
export const milliseconds = (ms: number) => iso(ms);

/** `2024-06-07T00:04:05.722000+00:00`: tokens have microseconds and an offset. */
export const microseconds = (ms: number) => `${iso(ms).slice(0, 23)}000+00:00`;

function iso(ms: number): string {
  return new Date(ms).toISOString();
}
