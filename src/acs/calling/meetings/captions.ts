import type {
  CaptionsCallFeature,
  CaptionsCommon,
  TeamsCaptions,
  TeamsCaptionsInfo,
} from '@azure/communication-calling';
import { ContactCenterError, createLive, type Caption, type Live } from 'onescreen';
import { rawIdOf } from '../identifiers';

/** As many as are kept. */
const newest = 50;
const none: readonly Caption[] = [];

/** What is said in a meeting as text, from `start` to `stop`. */
export class MeetingCaptions {
  readonly #feature: CaptionsCallFeature | undefined;
  readonly #changed: () => void;
  readonly #state = createLive(none);
  #count = 0;
  #heard: TeamsCaptions | undefined;

  constructor(feature: CaptionsCallFeature | undefined, changed: () => void) {
    this.#feature = feature;
    this.#changed = changed;
  }

  get live(): Live<readonly Caption[]> {
    return this.#state.live;
  }

  get isOn(): boolean {
    return this.#heard !== undefined;
  }

  /** `language`: the spoken one, such as `en-us`; left out: as the meeting has it. */
  async start(language: string | undefined): Promise<void> {
    const captions = this.#feature?.captions;
    if (!isTeamsCaptions(captions)) {
      throw new ContactCenterError('command/not-allowed', 'unable to start captions; the meeting has none', {
        reason: 'not-supported',
      });
    }
    if (this.#heard === undefined) captions.on('CaptionsReceived', this.#received);
    this.#heard = captions;
    try {
      const spoken = language ?? (captions.activeSpokenLanguage || undefined);
      await captions.startCaptions(...(spoken === undefined ? [] : [{ spokenLanguage: spoken }]));
    } catch (error) {
      this.#forget();
      throw error;
    } finally {
      this.#changed();
    }
  }

  async stop(): Promise<void> {
    const captions = this.#heard;
    if (captions === undefined) return;
    await captions.stopCaptions();
    this.#forget();
    this.#state.set(none);
    this.#changed();
  }

  close(): void {
    this.#forget();
    this.#state.complete();
  }

  #forget(): void {
    this.#heard?.off('CaptionsReceived', this.#received);
    this.#heard = undefined;
  }

  /** What somebody says replaces what they had not finished saying. */
  readonly #received = (info: TeamsCaptionsInfo): void => {
    const { speaker, captionText, spokenText, resultType, timestamp } = info;
    const { identifier, displayName = '' } = speaker;
    const participantId = identifier === undefined ? undefined : rawIdOf(identifier);
    const text = captionText || spokenText;
    const before = this.#state.value;
    const unfinished = before.find((one) => !one.final && isOf(one, participantId, displayName));
    const caption: Caption = {
      id: unfinished?.id ?? String((this.#count += 1)),
      speaker: displayName,
      ...(participantId !== undefined && { participantId }),
      text,
      final: resultType === 'Final',
      at: unfinished?.at ?? timestamp,
    };
    const next =
      unfinished === undefined ? [...before, caption] : before.map((one) => (one === unfinished ? caption : one));
    this.#state.set(next.slice(-newest));
  };
}

function isOf(caption: Caption, participantId: string | undefined, speaker: string): boolean {
  return caption.participantId === participantId && caption.speaker === speaker;
}

function isTeamsCaptions(captions: CaptionsCommon | undefined): captions is TeamsCaptions {
  return captions?.kind === 'TeamsCaptions';
}
