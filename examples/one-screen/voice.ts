import type { VoiceProvider } from 'onescreen';
import { acsVoice, type MeetingsSdk } from 'onescreen/acs/calling';
import { demoSettings } from './demo-settings';

/** Voice over the official calling package; on a laptop over the emulator's, which has its shape. */
export function demoVoice(persona: 'tpeAgent' | 'acsUser'): VoiceProvider {
  return acsVoice({ persona, sdk: callingSdk });
}

/** The official calling package, or the emulator's in its place. */
export async function callingSdk(): Promise<MeetingsSdk> {
  const { emulator } = await demoSettings();
  if (emulator === null) return import('@azure/communication-calling');
  const { emulatedCalling } = await import('onescreen/emulator/calling');
  return emulatedCalling({ endpoint: emulator });
}
