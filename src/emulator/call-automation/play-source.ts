import type { Sound } from '../calls/media-unit';
import { optionalString, requireArray, requireObject, requireText } from '../http/validation';
import { badRequest } from '../http/service-error';

/** What is to be heard, and for how long, in milliseconds; undefined for a file that cannot be played. */
export type PlaySource = { readonly sound: Sound; readonly durationMs: number } | undefined;

/** Milliseconds of a file, which is never fetched: an address may say so itself, as in `#ms=500` (chosen). */
const fileMs = 3_000;
/** Milliseconds for one letter that is spoken, about 160 words a minute, and for the shortest word (chosen). */
const letterMs = 60;
const wordMs = 500;

export function readPlaySources(value: unknown, field: string): readonly PlaySource[] {
  const sources = requireArray(value, field);
  if (sources.length === 0) throw badRequest(`${field} must name something to play.`, field);
  return sources.map((source, index) => readPlaySource(source, `${field}[${index}]`));
}

/** A file becomes music, words become a voice that speaks for as long as they would take. Throws 400. */
export function readPlaySource(value: unknown, field: string): PlaySource {
  const source = requireObject(value, field);
  switch (source.kind) {
    case 'file':
      return file(requireText(requireObject(source.file, `${field}.file`).uri, `${field}.file.uri`));
    case 'text': {
      const text = requireObject(source.text, `${field}.text`);
      const voice = optionalString(text.voiceName, `${field}.text.voiceName`) ?? '';
      return speech(requireText(text.text, `${field}.text.text`), voice);
    }
    case 'ssml': {
      const ssml = requireText(requireObject(source.ssml, `${field}.ssml`).ssmlText, `${field}.ssml.ssmlText`);
      return speech(ssml.replace(/<[^>]*>/g, ''), '');
    }
    default:
      throw badRequest(`${field}.kind must be file, text or ssml.`, `${field}.kind`);
  }
}

function file(uri: string): PlaySource {
  const url = URL.canParse(uri) ? new URL(uri) : undefined;
  if (url === undefined || !/^https?:$/.test(url.protocol) || !/\.(?:wav|mp3)$/i.test(url.pathname)) return undefined;
  const told = /^#ms=(\d{1,7})$/.exec(url.hash)?.[1];
  return { sound: { kind: 'music' }, durationMs: told === undefined ? fileMs : Number(told) };
}

function speech(text: string, voice: string): PlaySource {
  const seed = Buffer.from(voice).reduce((sum, byte) => (sum * 31 + byte) % 1_000_003, 7);
  return { sound: { kind: 'speech', seed }, durationMs: Math.max(wordMs, text.trim().length * letterMs) };
}
