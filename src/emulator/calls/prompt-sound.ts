import type { Prompt } from 'onescreen/server';
import type { Sound } from './media-unit';

/** Milliseconds in which a character is spoken (chosen: about 15 a second), and how long the shortest words are. */
const characterMs = 65;
const shortestMs = 1_000;

/** How long a file's sound is taken to be, in milliseconds (chosen; no file is read). */
const fileMs = 3_000;

/** What stands for a prompt: words and files are the speech of a voice of their own. No duration: it has no end. */
export function promptSound(prompt: Prompt): { readonly sound: Sound; readonly durationMs?: number } {
  if ('sound' in prompt) return { sound: { kind: prompt.sound } };
  if ('file' in prompt) return { sound: { kind: 'speech', seed: seedOf(prompt.file) }, durationMs: fileMs };
  const durationMs = Math.max(shortestMs, prompt.text.length * characterMs);
  return { sound: { kind: 'speech', seed: seedOf(prompt.text) }, durationMs };
}

function seedOf(text: string): number {
  let seed = 0;
  for (const character of text) seed = (seed * 31 + (character.codePointAt(0) ?? 0)) % 1_000_003;
  return seed;
}
