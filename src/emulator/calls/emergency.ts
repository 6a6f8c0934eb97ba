import type { Call } from './call';
import { ends } from './end-reasons';
import type { EndFrame } from './frames';

/** Raw ids whose calls are emergency calls: of Europe, of North America, and the test number there. */
const emergencyNumbers: ReadonlySet<string> = new Set(['4:112', '4:911', '4:933']);

export function isEmergencyNumber(rawId: string): boolean {
  return emergencyNumbers.has(rawId);
}

/**
 * Why what would change an emergency call is refused; undefined in other calls. It stays as it is: nobody is held, muted, added,
 * taken out or transferred, and nothing is recorded. Source: azure-docs, communication-services/concepts/interop/tpe, emergency call.
 */
export function refusedInEmergency({ emergency }: Call): EndFrame | undefined {
  return emergency ? ends.emergencyCall : undefined;
}
