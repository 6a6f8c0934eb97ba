import type {
  CallAutomationClient,
  CallIntelligenceOptions,
  CallResult,
  FileSource,
  TextSource,
} from '@azure/communication-call-automation';
import { operation, type AcsConnection } from '../acs-connection';
import type { ControlledParticipant } from '../call-control';
import type { AutomationApi, Connection, SoundSource } from './automation-api';
import { customContext } from './custom-context';
import { identifier, rawIdOfIdentifier } from './identifiers';

export interface OfficialApiOptions {
  /** Object id of the resource account in whose name calls are made. */
  readonly resourceAccount: string;
  /** Address of the Azure AI services resource that speaks words. */
  readonly speechEndpoint?: string;
}

/**
 * Call Automation by the unmodified official client, which is loaded with the first request. Numbers and names to call
 * from are never sent: with a resource account the service refuses them (400/8523).
 */
export function officialApi(connection: AcsConnection, options: OfficialApiOptions): AutomationApi {
  let loading: Promise<CallAutomationClient> | undefined;
  const client = () => {
    const loaded = (loading ??= connection.calls());
    loaded.catch(() => (loading = undefined));
    return loaded;
  };
  const call = async (id: string) => (await client()).getCallConnection(id);
  const media = async (id: string) => (await call(id)).getCallMedia();
  const recordings = async () => (await client()).getCallRecording();
  const speech: { readonly callIntelligenceOptions?: CallIntelligenceOptions } =
    options.speechEndpoint === undefined
      ? {}
      : { callIntelligenceOptions: { cognitiveServicesEndpoint: options.speechEndpoint } };

  return {
    async answer(incomingCallContext, callbackUrl) {
      const calls = await client();
      return connectionOf(await calls.answerCall(incomingCallContext, callbackUrl, { ...operation, ...speech }));
    },
    async reject(incomingCallContext) {
      await (await client()).rejectCall(incomingCallContext, operation);
    },
    async create({ target, callbackUrl, context }) {
      const calls = await client();
      const result = await calls.createCall({ targetParticipant: await identifier(target) }, callbackUrl, {
        ...operation,
        ...speech,
        operationContext: context,
        teamsAppSource: { teamsAppId: options.resourceAccount },
      });
      return connectionOf(result);
    },
    async read(id) {
      return (await (await call(id)).getCallConnectionProperties(operation)).callConnectionState;
    },
    async participants(id) {
      const { values = [] } = await (await call(id)).listParticipants(operation);
      const found: ControlledParticipant[] = [];
      for (const { identifier: who, isMuted = false, isOnHold = false } of values) {
        const rawId = await rawIdOfIdentifier(who);
        if (rawId !== undefined) found.push({ rawId, muted: isMuted, onHold: isOnHold });
      }
      return found;
    },
    async add(id, { target, headers, timeoutSeconds, context }) {
      const invite = {
        targetParticipant: await identifier(target),
        customCallingContext: customContext(target, headers),
      };
      const { invitationId } = await (
        await call(id)
      ).addParticipant(invite, {
        ...operation,
        invitationTimeoutInSeconds: timeoutSeconds,
        operationContext: context,
      });
      return invitationId === undefined ? {} : { invitationId };
    },
    async cancelAdd(id, invitationId, context) {
      const connected = await call(id);
      await connected.cancelAddParticipantOperation(invitationId, { ...operation, operationContext: context });
    },
    async remove(id, rawId, context) {
      const connected = await call(id);
      await connected.removeParticipant(await identifier(rawId), { ...operation, operationContext: context });
    },
    async hold(id, rawId, sound, context) {
      await (
        await media(id)
      ).hold(await identifier(rawId), {
        ...operation,
        ...(sound !== undefined && { playSource: playSource(sound) }),
        operationContext: context,
      });
    },
    async unhold(id, rawId, context) {
      await (await media(id)).unhold(await identifier(rawId), { ...operation, operationContext: context });
    },
    async play(id, { source, to, loop, context }) {
      const sound = await media(id);
      const how = { ...operation, loop, operationContext: context };
      if (to === undefined) await sound.playToAll([playSource(source)], how);
      else await sound.play([playSource(source)], [await identifier(to)], how);
    },
    async recognise(id, { from, prompt, most, silenceSeconds, context }) {
      await (
        await media(id)
      ).startRecognizing(await identifier(from), {
        kind: 'callMediaRecognizeDtmfOptions',
        maxTonesToCollect: most,
        initialSilenceTimeoutInSeconds: silenceSeconds,
        interToneTimeoutInSeconds: silenceSeconds,
        interruptPrompt: true,
        operationContext: context,
        ...(prompt !== undefined && { playPrompt: playSource(prompt) }),
      });
    },
    async stopMedia(id) {
      await (await media(id)).cancelAllOperations();
    },
    async hearTones(id, rawId, context) {
      const who = await identifier(rawId);
      await (await media(id)).startContinuousDtmfRecognition(who, { ...operation, operationContext: context });
    },
    async sendTones(id, rawId, tones, context) {
      const who = await identifier(rawId);
      await (await media(id)).sendDtmfTones([...tones], who, { ...operation, operationContext: context });
    },
    async mute(id, rawId, context) {
      const connected = await call(id);
      await connected.muteParticipant(await identifier(rawId), { ...operation, operationContext: context });
    },
    async transfer(id, transferee, target, context) {
      const connected = await call(id);
      await connected.transferCallToParticipant(await identifier(target), {
        ...operation,
        transferee: await identifier(transferee),
        operationContext: context,
      });
    },
    async move(id, rawIds, from, context) {
      const connected = await call(id);
      const who = await Promise.all(rawIds.map(identifier));
      await connected.moveParticipants(who, from, { ...operation, operationContext: context });
    },
    async hangUp(id, forEveryone) {
      await (await call(id)).hangUp(forEveryone, operation);
    },
    async startRecording(id, callbackUrl) {
      const { recordingId, recordingState } = await (
        await recordings()
      ).start({
        ...operation,
        callConnectionId: id,
        recordingStateCallbackEndpointUrl: callbackUrl,
        recordingContent: 'audio',
        recordingChannel: 'mixed',
        recordingFormat: 'wav',
      });
      return { recordingId, state: recordingState };
    },
    async recording(recordingId, step) {
      await (await recordings())[step](recordingId, operation);
    },
    async readRecording(recordingId) {
      return (await (await recordings()).getState(recordingId, operation)).recordingState;
    },
  };
}

function connectionOf({ callConnectionProperties: { callConnectionId, serverCallId } }: CallResult): Connection {
  return { id: callConnectionId ?? '', serverCallId: serverCallId ?? '' };
}

function playSource(source: SoundSource): FileSource | TextSource {
  if ('file' in source) return { kind: 'fileSource', url: source.file };
  const { text, locale, voice } = source;
  return {
    kind: 'textSource',
    text,
    ...(locale !== undefined && { sourceLocale: locale }),
    ...(voice !== undefined && { voiceName: voice }),
  };
}
