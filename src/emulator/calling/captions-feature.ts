import type {
  CallFeatureContext,
  CaptionsCallFeature,
  StartCaptionsOptions,
  TeamsCaptions,
  TeamsCaptionsInfo,
} from '@azure/communication-calling';
import type { EmulatedCall } from './call';
import type { CaptionFrame } from './call-features';
import { notSupported } from './calling-error';
import { emulatedMeeting } from './emulated-call';
import { identifierOf } from './identifiers';
import { Listeners, type Listener } from './listeners';

interface CaptionEvents {
  CaptionsActiveChanged: undefined;
  CaptionsReceived: TeamsCaptionsInfo;
  CaptionLanguageChanged: undefined;
  SpokenLanguageChanged: undefined;
}

/** A few of those that Teams recognises, in BCP 47 format; the first one until another is chosen. */
const spokenLanguages = ['en-us', 'de-de', 'es-es', 'fr-fr', 'it-it', 'nl-nl', 'pt-br', 'ja-jp'] as const;
/** Those of the captions, in ISO 639-1 format. */
const captionLanguages = spokenLanguages.map(languageOnly);

/** Captions of a meeting; they are always those of Teams. */
export class EmulatedCaptionsFeature implements CaptionsCallFeature {
  readonly name = 'Captions';
  readonly captions: EmulatedTeamsCaptions;
  readonly #listeners: Listeners<{ CaptionsKindChanged: undefined }>;

  constructor(context: CallFeatureContext) {
    const call = emulatedMeeting(context, this.name);
    this.captions = new EmulatedTeamsCaptions(call);
    this.#listeners = new Listeners(call.later);
  }

  /** Never told: a meeting's captions keep their kind. */
  on(event: 'CaptionsKindChanged', listener: Listener): void {
    this.#listeners.on(event, listener);
  }

  off(event: 'CaptionsKindChanged', listener: Listener): void {
    this.#listeners.off(event, listener);
  }

  dispose(): void {
    this.captions.close();
    this.#listeners.clear();
  }
}

/** What is said in the meeting, as text. The emulator translates nothing: in another language, it says the same. */
export class EmulatedTeamsCaptions implements TeamsCaptions {
  readonly kind = 'TeamsCaptions';
  readonly supportedSpokenLanguages: string[] = [...spokenLanguages];
  readonly supportedCaptionLanguages: string[] = [...captionLanguages];
  readonly #call: EmulatedCall;
  readonly #listeners: Listeners<CaptionEvents>;
  readonly #unwatch: () => void;
  #active: boolean;
  #spoken: string = spokenLanguages[0];
  /** Asked for; undefined is the spoken one. */
  #shown: string | undefined;

  constructor(call: EmulatedCall) {
    this.#call = call;
    this.#listeners = new Listeners(call.later);
    this.#active = active(call);
    const update = () => this.#update();
    this.#unwatch = call.watch({ changed: update, ended: update, caption: (frame) => this.#receive(frame) });
  }

  get isCaptionsFeatureActive(): boolean {
    return this.#active;
  }

  get activeSpokenLanguage(): string {
    return this.#spoken;
  }

  get activeCaptionLanguage(): string {
    return this.#shown ?? languageOnly(this.#spoken);
  }

  /** Resolves when they are asked for; `CaptionsActiveChanged` tells when they have begun. */
  async startCaptions(options?: StartCaptionsOptions): Promise<void> {
    const spoken = supported(options?.spokenLanguage ?? this.#spoken, spokenLanguages);
    await this.#call.meeting.ask({ type: 'captions', on: true });
    this.#setSpoken(spoken);
  }

  async stopCaptions(): Promise<void> {
    await this.#call.meeting.ask({ type: 'captions', on: false });
  }

  async setSpokenLanguage(language: string): Promise<void> {
    this.#setSpoken(supported(language, spokenLanguages));
  }

  /** Refused without Teams Premium. */
  async setCaptionLanguage(language: string): Promise<void> {
    const shown = supported(language, captionLanguages);
    await this.#call.meeting.ask({ type: 'captions', on: true, language: shown });
    if (shown === this.activeCaptionLanguage) return;
    this.#shown = shown;
    this.#listeners.emit('CaptionLanguageChanged', undefined);
  }

  on(event: keyof CaptionEvents, listener: Listener): void {
    this.#listeners.on(event, listener);
  }

  off(event: keyof CaptionEvents, listener: Listener): void {
    this.#listeners.off(event, listener);
  }

  close(): void {
    this.#unwatch();
    this.#listeners.clear();
  }

  #setSpoken(language: string): void {
    if (language === this.#spoken) return;
    this.#spoken = language;
    this.#listeners.emit('SpokenLanguageChanged', undefined);
  }

  #update(): void {
    const now = active(this.#call);
    if (now === this.#active) return;
    this.#active = now;
    this.#listeners.emit('CaptionsActiveChanged', undefined);
  }

  #receive({ from, text, final, at }: CaptionFrame): void {
    if (!this.#active) return;
    this.#listeners.emit('CaptionsReceived', {
      captionText: text,
      captionLanguage: this.activeCaptionLanguage,
      resultType: final ? 'Final' : 'Partial',
      speaker: {
        identifier: identifierOf(from.rawId),
        ...(from.displayName !== undefined && { displayName: from.displayName }),
      },
      spokenLanguage: this.#spoken,
      spokenText: text,
      timestamp: new Date(at),
    });
  }
}

function active(call: EmulatedCall): boolean {
  return call.meeting.frame?.captions ?? false;
}

function languageOnly(language: string): string {
  return language.split('-')[0] ?? '';
}

function supported(language: string, languages: readonly string[]): string {
  const found = language.toLowerCase();
  if (!languages.includes(found)) throw notSupported('This language of captions');
  return found;
}
