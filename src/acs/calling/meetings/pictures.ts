import type {
  CollectionUpdatedEvent,
  LocalVideoStream,
  RemoteParticipant,
  RemoteVideoStream,
} from '@azure/communication-calling';
import { ContactCenterError, createLive, type Live, type MeetingPicture, type PictureView } from 'onescreen';
import type { CallHandle } from '../agent-handle';
import { rawIdOf } from '../identifiers';
import type { MeetingsSdk } from './meetings-sdk';
import { openView } from './picture-view';

type Stream = LocalVideoStream | RemoteVideoStream;

const nothing: readonly MeetingPicture[] = [];

/** All pictures of a meeting, one's own included, and the views that are open of them. */
export class MeetingPictures {
  readonly #call: CallHandle['call'];
  readonly #sdk: MeetingsSdk;
  readonly #state = createLive(nothing);
  readonly #people = new Map<RemoteParticipant, () => void>();
  readonly #streams = new Map<RemoteVideoStream, () => void>();
  readonly #views = new Map<PictureView, { readonly id: string; readonly stream: Stream }>();

  constructor(call: CallHandle['call'], sdk: MeetingsSdk) {
    this.#call = call;
    this.#sdk = sdk;
    call.on('remoteParticipantsUpdated', this.#peopleUpdated);
    call.on('localVideoStreamsUpdated', this.refresh);
    call.on('isScreenSharingOnChanged', this.refresh);
    call.on('isLocalVideoStartedChanged', this.refresh);
    for (const remote of call.remoteParticipants) this.#watch(remote);
    this.refresh();
  }

  get live(): Live<readonly MeetingPicture[]> {
    return this.#state.live;
  }

  /** @throws ContactCenterError `meeting/picture-gone` when there is no picture of this id now */
  async show(pictureId: string, fit: 'crop' | 'contain'): Promise<PictureView> {
    const stream = this.#current().get(pictureId)?.stream;
    if (stream === undefined) throw gone();
    const view = await openView(
      this.#sdk,
      stream,
      // One sees oneself as in a mirror; not one's screen.
      { scalingMode: fit === 'crop' ? 'Crop' : 'Fit', isMirrored: pictureId === 'self/camera' },
      () => this.#views.delete(view),
    );
    this.#views.set(view, { id: pictureId, stream });
    if (this.#current().get(pictureId)?.stream === stream) return view;
    view.close();
    throw gone();
  }

  readonly refresh = (): void => {
    const current = this.#current();
    const known = new Map(this.#state.value.map((picture) => [picture.id, picture]));
    const next = [...current].map(([id, { picture }]) => {
      const last = known.get(id);
      return last?.available === picture.available ? last : picture;
    });
    const now = this.#state.value;
    if (next.length !== now.length || next.some((one, index) => one !== now[index])) this.#state.set(next);
    for (const [view, { id, stream }] of [...this.#views]) {
      if (current.get(id)?.stream !== stream) view.close();
    }
  };

  close(): void {
    this.#call.off('remoteParticipantsUpdated', this.#peopleUpdated);
    this.#call.off('localVideoStreamsUpdated', this.refresh);
    this.#call.off('isScreenSharingOnChanged', this.refresh);
    this.#call.off('isLocalVideoStartedChanged', this.refresh);
    for (const view of [...this.#views.keys()]) view.close();
    for (const unwatch of [...this.#people.values(), ...this.#streams.values()]) unwatch();
    this.#people.clear();
    this.#streams.clear();
    this.#state.set(nothing);
    this.#state.complete();
  }

  /** Ids say whose and what kind, not which stream: those change with the network. */
  #current(): Map<string, { readonly picture: MeetingPicture; readonly stream: Stream }> {
    const all = new Map<string, { readonly picture: MeetingPicture; readonly stream: Stream }>();
    for (const stream of this.#call.localVideoStreams) {
      const kind = kindOf(stream.mediaStreamType);
      if (kind === undefined) continue;
      all.set(`self/${kind}`, { stream, picture: { id: `self/${kind}`, kind, available: true } });
    }
    for (const remote of this.#call.remoteParticipants) {
      const participantId = rawIdOf(remote.identifier);
      for (const stream of remote.videoStreams) {
        const kind = kindOf(stream.mediaStreamType);
        if (kind === undefined || !stream.isAvailable) continue;
        const id = `${participantId}/${kind}`;
        all.set(id, { stream, picture: { id, participantId, kind, available: stream.isReceiving } });
      }
    }
    return all;
  }

  readonly #peopleUpdated: CollectionUpdatedEvent<RemoteParticipant> = ({ added, removed }) => {
    for (const remote of removed) this.#unwatch(remote);
    for (const remote of added) this.#watch(remote);
    this.refresh();
  };

  #watch(remote: RemoteParticipant): void {
    if (this.#people.has(remote)) return;
    const updated: CollectionUpdatedEvent<RemoteVideoStream> = ({ added, removed }) => {
      for (const stream of removed) this.#forget(stream);
      for (const stream of added) this.#follow(stream);
      this.refresh();
    };
    remote.on('videoStreamsUpdated', updated);
    this.#people.set(remote, () => remote.off('videoStreamsUpdated', updated));
    for (const stream of remote.videoStreams) this.#follow(stream);
  }

  #unwatch(remote: RemoteParticipant): void {
    this.#people.get(remote)?.();
    this.#people.delete(remote);
    for (const stream of remote.videoStreams) this.#forget(stream);
  }

  #follow(stream: RemoteVideoStream): void {
    if (this.#streams.has(stream)) return;
    stream.on('isAvailableChanged', this.refresh);
    stream.on('isReceivingChanged', this.refresh);
    this.#streams.set(stream, () => {
      stream.off('isAvailableChanged', this.refresh);
      stream.off('isReceivingChanged', this.refresh);
    });
  }

  #forget(stream: RemoteVideoStream): void {
    this.#streams.get(stream)?.();
    this.#streams.delete(stream);
  }
}

function kindOf(type: Stream['mediaStreamType']): MeetingPicture['kind'] | undefined {
  if (type === 'Video' || type === 'RawMedia') return 'camera';
  return type === 'ScreenSharing' ? 'screen' : undefined;
}

function gone(): ContactCenterError {
  return new ContactCenterError('meeting/picture-gone', 'unable to show picture; there is none of this id now');
}
