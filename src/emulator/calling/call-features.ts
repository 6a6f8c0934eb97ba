import type { CallFeature, CallFeatureContext, CallFeatureFactory } from '@azure/communication-calling';
import type { CallingPush } from '../calls/frames';

/** What somebody said, as text, as it travels. */
export type CaptionFrame = Extract<CallingPush, { readonly type: 'caption' }>;

/** What features are told of their call. */
export interface CallWatcher {
  /** Recording, transcription, mute, a fact of the media, the meeting or who is in it may have changed. */
  changed(): void;
  ended(): void;
  caption?(caption: CaptionFrame): void;
}

/** The features of one call, each made when it is first asked for, and what they are told. */
export class CallFeatures {
  readonly #context: () => CallFeatureContext;
  readonly #features = new Map<unknown, CallFeature>();
  readonly #watchers = new Set<CallWatcher>();

  constructor(context: () => CallFeatureContext) {
    this.#context = context;
  }

  get<Feature extends CallFeature>(factory: CallFeatureFactory<Feature>): Feature {
    const known = this.#features.get(factory);
    // Made by this very factory, a feature is of its type.
    if (known !== undefined) return known as Feature;
    const feature = new factory.callApiCtor(this.#context());
    this.#features.set(factory, feature);
    return feature;
  }

  /** Returns what ends the watch. */
  watch(watcher: CallWatcher): () => void {
    this.#watchers.add(watcher);
    return () => this.#watchers.delete(watcher);
  }

  changed(): void {
    for (const watcher of [...this.#watchers]) watcher.changed();
  }

  caption(caption: CaptionFrame): void {
    for (const watcher of [...this.#watchers]) watcher.caption?.(caption);
  }

  ended(): void {
    for (const watcher of [...this.#watchers]) watcher.ended();
    this.#watchers.clear();
  }
}
