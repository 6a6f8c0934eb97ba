import { ContactCenterError } from 'onescreen';
import { screenSlot } from '../calls/frames';

const candidateLine = /^a=(candidate:|end-of-candidates)/;

/** Feedback that the emulator gives of a picture: what was lost and that a key frame is needed. */
const keptFeedback = /^a=rtcp-fb:\d+ nack( pli)?$/;

/** The directions of a meeting's lines of video: camera and screen, then the slots. */
const pictureDirections = ['sendonly', 'sendonly', ...Array.from({ length: screenSlot + 1 }, () => 'recvonly')];

/** A page's offer as it is answered. */
export interface CheckedOffer {
  readonly sdp: string;
  /** Whether it has a meeting's lines of video. */
  readonly pictures: boolean;
}

/**
 * A page's offer without its candidates: where the page is shows in its checks, and its own addresses may be
 * names that only its browser resolves.
 * @throws ContactCenterError `command/invalid` unless it is complete, and asks for one line of audio with PCMU alone
 * or for a meeting's lines of video with VP8, too
 */
export function checkedOffer(offer: string): CheckedOffer {
  const lines = offer.split(/\r?\n/);
  if (lines[0] !== 'v=0') throw refused('the offer is no session description');
  const [audio, ...others] = sections(lines);
  if (audio?.[0]?.startsWith('m=audio ') !== true || audio[0].startsWith('m=audio 0 ')) {
    throw refused('the offer has no audio');
  }
  if (others.length > 0) checkPictures(others);
  // PCMU is payload type 0 by RFC 3551.
  if (!audio[0].split(' ').slice(3).includes('0')) throw refused('the offer has no PCMU');
  for (const needed of ['a=ice-ufrag:', 'a=ice-pwd:', 'a=fingerprint:']) {
    if (!lines.some((line) => line.startsWith(needed))) throw refused(`the offer has no ${needed.slice(2, -1)}`);
  }
  const kept = lines.filter(
    (line) => !candidateLine.test(line) && (!line.startsWith('a=rtcp-fb:') || keptFeedback.test(line)),
  );
  return { sdp: kept.join('\r\n'), pictures: others.length > 0 };
}

/** Our answer with the candidate at 127.0.0.1 alone. */
export function loopbackAnswer(answer: string): string {
  return answer
    .split('\r\n')
    .filter((line) => !line.startsWith('a=candidate:') || line.split(' ')[4] === '127.0.0.1')
    .join('\r\n');
}

function checkPictures(media: readonly (readonly string[])[]): void {
  if (media.length !== pictureDirections.length) {
    throw refused(`the offer has more than one line of media and not the ${pictureDirections.length + 1} of a meeting`);
  }
  media.forEach((section, index) => {
    const place = `line ${index + 2} of the offer's media`;
    if (section[0]?.startsWith('m=video ') !== true) throw refused(`${place} is no video`);
    const direction = pictureDirections[index] ?? '';
    if (!section.includes(`a=${direction}`)) throw refused(`${place} is not ${direction}`);
    if (!section.some((line) => /^a=rtpmap:\d+ VP8\/90000$/i.test(line))) throw refused(`${place} has no VP8`);
  });
}

/** Its lines of media, each with what belongs to it. */
function sections(lines: readonly string[]): readonly (readonly string[])[] {
  const found: string[][] = [];
  for (const line of lines) {
    if (line.startsWith('m=')) found.push([line]);
    else found.at(-1)?.push(line);
  }
  return found;
}

function refused(why: string): ContactCenterError {
  return new ContactCenterError('command/invalid', `unable to open media; ${why}`, { field: 'offer' });
}
