import { ContactCenterError } from 'onescreen';

const candidateLine = /^a=(candidate:|end-of-candidates)/;

/**
 * A page's offer without its candidates: where the page is shows in its checks, and its own addresses may be
 * names that only its browser resolves.
 * @throws ContactCenterError `command/invalid` unless it is complete and asks for one line of audio with PCMU
 */
export function checkedOffer(offer: string): string {
  const lines = offer.split(/\r?\n/);
  const media = lines.filter((line) => line.startsWith('m='));
  const [audio] = media;
  if (lines[0] !== 'v=0') throw refused('the offer is no session description');
  if (audio?.startsWith('m=audio ') !== true || audio.startsWith('m=audio 0 ')) throw refused('the offer has no audio');
  if (media.length > 1) throw refused('the offer has more than one line of media');
  // PCMU is payload type 0 by RFC 3551.
  if (!audio.split(' ').slice(3).includes('0')) throw refused('the offer has no PCMU');
  for (const needed of ['a=ice-ufrag:', 'a=ice-pwd:', 'a=fingerprint:']) {
    if (!lines.some((line) => line.startsWith(needed))) throw refused(`the offer has no ${needed.slice(2, -1)}`);
  }
  return lines.filter((line) => !candidateLine.test(line)).join('\r\n');
}

/** Our answer with the candidate at 127.0.0.1 alone. */
export function loopbackAnswer(answer: string): string {
  return answer
    .split('\r\n')
    .filter((line) => !line.startsWith('a=candidate:') || line.split(' ')[4] === '127.0.0.1')
    .join('\r\n');
}

function refused(why: string): ContactCenterError {
  return new ContactCenterError('command/invalid', `unable to open media; ${why}`, { field: 'offer' });
}
