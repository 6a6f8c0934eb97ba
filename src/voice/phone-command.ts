import type { CallTarget, DialRequest } from 'onescreen';

/** What a tab asks of the one that holds the media. Plain data, so that it can be handed over. */
export type PhoneCommand =
  | { readonly name: 'dial'; readonly request: DialRequest }
  | { readonly name: 'mute' | 'unmute' | 'hold' | 'resume' | 'hangUp'; readonly channelId: string }
  | { readonly name: 'sendDtmf'; readonly channelId: string; readonly tones: string }
  | { readonly name: 'addParticipant'; readonly channelId: string; readonly who: CallTarget }
  | {
      readonly name: 'removeParticipant' | 'muteParticipant';
      readonly channelId: string;
      readonly participantId: string;
    }
  | { readonly name: 'transfer'; readonly channelId: string; readonly to: CallTarget | { readonly voicemail: string } }
  | { readonly name: 'askPermission' | 'unlockAudio' | 'preflight' }
  | { readonly name: 'selectMicrophone' | 'selectSpeaker'; readonly id: string };

/**
 * Most that another tab waits for an answer, in milliseconds; longer where a person is asked, a line is measured, or
 * somebody else is rung: the service gives a transfer 60 s, and the tab that waits for it tells of that.
 */
export function answerWithinMs({ name }: PhoneCommand): number {
  if (name === 'transfer') return 65_000;
  return name === 'askPermission' || name === 'preflight' ? 60_000 : 5_000;
}

export function isPhoneCommand(value: unknown): value is PhoneCommand {
  if (!isRecord(value)) return false;
  const { name, channelId, request } = value;
  switch (name) {
    case 'dial':
      return (
        isRecord(request) && isRecord(request.to) && allText(request, 'channelId', 'conversationId', 'correlationId')
      );
    case 'mute':
    case 'unmute':
    case 'hold':
    case 'resume':
    case 'hangUp':
      return typeof channelId === 'string';
    case 'sendDtmf':
      return allText(value, 'channelId', 'tones');
    case 'addParticipant':
      return typeof channelId === 'string' && isRecord(value.who);
    case 'removeParticipant':
    case 'muteParticipant':
      return allText(value, 'channelId', 'participantId');
    case 'transfer':
      return typeof channelId === 'string' && isRecord(value.to);
    case 'selectMicrophone':
    case 'selectSpeaker':
      return typeof value.id === 'string';
    default:
      return name === 'askPermission' || name === 'unlockAudio' || name === 'preflight';
  }
}

export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}

export function allText(value: Readonly<Record<string, unknown>>, ...names: readonly string[]): boolean {
  return names.every((name) => typeof value[name] === 'string');
}
