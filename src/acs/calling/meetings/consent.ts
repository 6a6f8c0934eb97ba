import type { MeetingState } from 'onescreen';
import type { Indications } from '../indications';

/** Consent to being recorded and transcribed; it is given by the person alone, and by nothing here. */
export class Consent {
  readonly #indications: Indications;
  #granted = false;
  /** The capability is not held back any more: when it is again, that is for another recording. */
  #released = false;

  constructor(indications: Indications) {
    this.#indications = indications;
  }

  /** `explicitly`: a capability is held back for want of it, which is all that some meetings say. */
  read(explicitly: boolean): MeetingState['consent'] {
    const { recording, transcription } = this.#indications;
    if (recording.isTeamsConsentRequired || transcription.isTeamsConsentRequired) return 'required';
    if (this.#granted && !explicitly) this.#released = true;
    if (this.#released && explicitly) this.#granted = this.#released = false;
    if (this.#granted) return 'granted';
    return explicitly ? 'required' : 'not-needed';
  }

  async grant(): Promise<void> {
    const { recording, transcription } = this.#indications;
    const wanted = [recording, transcription].filter(({ isTeamsConsentRequired }) => isTeamsConsentRequired);
    for (const feature of wanted.length > 0 ? wanted : [recording]) await feature.grantTeamsConsent();
    this.#granted = true;
    this.#released = false;
  }
}
