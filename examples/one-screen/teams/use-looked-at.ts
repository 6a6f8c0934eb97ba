import { useEffect, useState } from 'react';

/**
 * Renders again a few times a second. The calling package tells of changes by dozens of events; a page that one person
 * plays with may simply look.
 */
export function useLookedAt(everyMs = 300): void {
  const [, setLooks] = useState(0);
  useEffect(() => {
    const timer = setInterval(() => setLooks((looks) => looks + 1), everyMs);
    return () => clearInterval(timer);
  }, [everyMs]);
}
