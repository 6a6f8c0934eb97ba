import type { Call, Party } from './call';
import type { Sound, SourceId } from './media-unit';

/** Who hears whom in one call, and which sounds that takes. */
export interface Hearing {
  readonly heard: ReadonlyMap<Party, readonly SourceId[]>;
  /** Sounds that are somebody's voice or are heard by somebody. */
  readonly sounds: ReadonlyMap<SourceId, Sound>;
}

/** The table of who hears whom, from a call's state alone. */
export function hearingOf(call: Call): Hearing {
  const sounds = new Map<SourceId, Sound>();
  const people = call.over ? [] : call.people;
  for (const party of people) {
    if (party.voice !== undefined && party.status === 'connected')
      sounds.set(party.id, { kind: 'speech', seed: party.voice });
  }
  const heard = new Map<Party, readonly SourceId[]>();
  for (const party of people) {
    const sources: SourceId[] = [];
    const add = (id: SourceId, sound?: Sound) => {
      sources.push(id);
      if (sound !== undefined) sounds.set(id, sound);
    };
    if (party.status === 'connected') listen(call, party, add);
    else if (party === call.caller && call.others(party).some(({ status }) => status === 'ringing'))
      add(`${call.id}/ringback`, { kind: 'ringback' });
    heard.set(party, sources);
  }
  return { heard, sounds };
}

function listen(call: Call, party: Party, add: (id: SourceId, sound?: Sound) => void): void {
  const plays = [...call.plays].map(([id, play]) => ({ id: `${call.id}/${id}`, ...play }));
  const own = plays.filter(({ to }) => to === party.rawId);
  const held = party.held || call.heldRemotely(party);
  if (!held) {
    for (const other of call.people) if (other !== party && isHeard(other)) add(other.id);
    for (const { id, sound, to } of plays) if (to === undefined) add(id, sound);
  } else if (!party.held && own.length === 0 && (party.heldByServer || party.kind === 'phone')) {
    add(`${call.id}/music`, { kind: 'music' });
  }
  // What is played to one alone is heard on hold, too, instead of the music.
  if (!party.held) for (const { id, sound } of own) add(id, sound);
}

/** Whether anything that a party says reaches others. */
export function isHeard(party: Party): boolean {
  if (party.status !== 'connected' || party.muted || party.onHold) return false;
  return party.kind === 'client' || party.voice !== undefined;
}
