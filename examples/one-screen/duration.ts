/** `42 s`, `3 min`, `2 h 5 min`. */
export function duration(ms: number): string {
  const seconds = Math.max(0, Math.round(ms / 1_000));
  if (seconds < 60) return `${seconds} s`;
  const minutes = Math.round(seconds / 60);
  if (minutes < 60) return `${minutes} min`;
  return `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

/** Made once: to make one costs more than all else that a message does on the page. */
const time = new Intl.DateTimeFormat([], { hour: '2-digit', minute: '2-digit' });

/** `14:05`, in the reader's own way of writing times. */
export function timeOfDay(at: Date): string {
  return time.format(at);
}
