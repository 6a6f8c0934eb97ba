/**
 * Calls `wake` when the browser says that the network or the page is back, which timers notice late or never.
 * Does nothing outside a page. Returns what ends it.
 */
export function onWake(wake: () => void): () => void {
  if (typeof window !== 'object' || typeof document !== 'object') return () => {};
  const onVisible = () => {
    if (document.visibilityState === 'visible') wake();
  };
  window.addEventListener('online', wake);
  window.addEventListener('pageshow', wake);
  document.addEventListener('visibilitychange', onVisible);
  return () => {
    window.removeEventListener('online', wake);
    window.removeEventListener('pageshow', wake);
    document.removeEventListener('visibilitychange', onVisible);
  };
}
