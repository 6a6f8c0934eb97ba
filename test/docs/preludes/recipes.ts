import type * as streams from 'rxjs';
/** What the recipe above exports, and somewhere to tell. */
export declare function iterate<T>(
  source$: streams.Observable<T>,
  slow: { readonly keep: 'latest' },
): AsyncGenerator<T>;
export declare function report(status: string): Promise<void>;
