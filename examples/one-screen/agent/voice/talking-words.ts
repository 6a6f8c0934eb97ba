import type { ConsultState } from 'onescreen';

/** Somebody beside the agent, as far as this goes. */
export interface Heard {
  readonly name: string;
  readonly status: 'connecting' | 'connected' | 'held' | 'gone';
}

/**
 * Whom the agent talks to and who hears music, in one line. A consult under way is told by the contact center; else
 * it is who is in the call.
 */
export function talkingWords(
  customer: string,
  people: readonly Heard[],
  consult: (ConsultState & { readonly purpose: 'consult' | 'transfer' | 'conference' }) | undefined,
): string {
  switch (consult?.status) {
    case 'ringing': {
      // The customer is not put on hold for somebody who joins, nor for a number that the call is given to.
      const music = people.some(({ name, status }) => name === customer && status === 'held');
      const ringing = `Ringing ${consult.displayName}…`;
      return music ? line([ringing, hearMusic([customer])]) : line([talk(connected(people)), ringing]);
    }
    case 'consulting':
      return line([talk([consult.displayName]), hearMusic([customer])]);
    case 'swapped':
      return line([talk([customer]), hearMusic([consult.displayName])]);
    default:
      return line([talk(connected(people)), hearMusic(named(people, 'held')), joining(named(people, 'connecting'))]);
  }
}

const named = (people: readonly Heard[], status: Heard['status']) =>
  people.filter((one) => one.status === status).map(({ name }) => name);
const connected = (people: readonly Heard[]) => named(people, 'connected');

function talk(names: readonly string[]): string | undefined {
  return names.length === 0 ? 'You are talking to nobody' : `You are talking to ${all(names)}`;
}

function hearMusic(names: readonly string[]): string | undefined {
  if (names.length === 0) return undefined;
  return `${all(names)} ${names.length === 1 ? 'hears' : 'hear'} music`;
}

function joining(names: readonly string[]): string | undefined {
  return names.length === 0 ? undefined : `Ringing ${all(names)}…`;
}

function all(names: readonly string[]): string {
  const last = names.at(-1) ?? '';
  return names.length < 2 ? last : `${names.slice(0, -1).join(', ')} and ${last}`;
}

const line = (parts: readonly (string | undefined)[]) => parts.filter((part) => part !== undefined).join(' · ');
