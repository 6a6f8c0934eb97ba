import type { Observable } from 'rxjs';
import { useEffect, useState } from 'react';

/** What a fast signal said last. Nothing runs while nobody looks. */
export function useLatest<T>(source: Observable<T> | undefined): T | undefined {
  const [latest, setLatest] = useState<{ readonly value: T }>();
  useEffect(() => {
    const subscription = source?.subscribe({ next: (value) => setLatest({ value }) });
    return () => {
      subscription?.unsubscribe();
      setLatest(undefined);
    };
  }, [source]);
  return latest?.value;
}
