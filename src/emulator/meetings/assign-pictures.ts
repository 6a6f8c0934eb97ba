import { cameraSlots } from '../calls/frames';

/** Whose cameras fill the slots: who was chosen stays where they were, `wanted` is in order of importance. */
export function assignCameras(
  before: readonly (string | undefined)[],
  wanted: readonly string[],
): readonly (string | undefined)[] {
  const chosen = wanted.slice(0, cameraSlots);
  const slots: (string | undefined)[] = Array.from({ length: cameraSlots }, (_, slot) => {
    const shown = before[slot];
    return shown !== undefined && chosen.includes(shown) ? shown : undefined;
  });
  for (const id of chosen) {
    if (slots.includes(id)) continue;
    const free = slots.indexOf(undefined);
    if (free >= 0) slots[free] = id;
  }
  return slots;
}
