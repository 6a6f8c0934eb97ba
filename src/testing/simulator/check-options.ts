import { checkAcceptance } from './acceptance';
import { refuseSimulation } from './refuse';
import type { SimulationOptions } from './simulate';
import type { SimulatedContact } from './simulated-contact';

/** Throws `simulation/invalid` for times, shares and distributions that make no sense. */
export function checkOptions(options: SimulationOptions): void {
  checkAcceptance(options.acceptance, options.retries);
  const { intervalMs = 1, warmUpMs = 0, drainMs = 0, serviceLevelMs = 0, strategyWaitMs = 1 } = options;
  if (!(strategyWaitMs > 0)) throw refuseSimulation('strategyWaitMs must be above 0', 'strategyWaitMs');
  if (!(intervalMs > 0 && intervalMs < Infinity)) throw refuseSimulation('intervalMs must be above 0', 'intervalMs');
  if (!(drainMs >= 0)) throw refuseSimulation('drainMs must be at least 0', 'drainMs');
  const levels =
    typeof serviceLevelMs === 'number'
      ? { serviceLevelMs }
      : Object.fromEntries(Object.entries(serviceLevelMs).map(([name, ms]) => [`serviceLevelMs.${name}`, ms]));
  for (const [name, value] of Object.entries({ warmUpMs, ...levels }))
    if (!isDuration(value)) throw refuseSimulation(`${name} must be a number of at least 0`, name);
}

export function checkContact({ at, handleMs, wrapUpMs = 0, patienceMs = 0 }: SimulatedContact, index: number): void {
  if (Number.isFinite(at) && isDuration(handleMs) && isDuration(wrapUpMs) && isDuration(patienceMs)) return;
  const wrong = [
    ...(Number.isFinite(at) ? [] : ['at']),
    ...Object.entries({ handleMs, wrapUpMs, patienceMs }).flatMap(([name, value]) => (isDuration(value) ? [] : name)),
  ];
  const name = `traffic[${index}].${wrong[0] ?? ''}`;
  throw refuseSimulation(`${name} must be a number, and no duration below 0`, name);
}

function isDuration(value: number): boolean {
  return Number.isFinite(value) && value >= 0;
}
