import { filter, firstValueFrom } from 'rxjs';
import type { Live } from '../live';

/** The first value, from now on, that is such as is waited for. */
export function onceSuch<T, Such extends T>(live: Live<T>, isSuch: (value: T) => value is Such): Promise<Such> {
  return firstValueFrom(live.pipe(filter(isSuch)));
}
