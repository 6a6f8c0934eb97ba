import type { Call, Operation } from '../http/operation';
import { optionalString, requireObject, type JsonObject } from '../http/validation';
import type { AutomatedCall } from './automated-call';
import { answer, idIn, type DeclareOperation } from './automation-operation';
import type { Connections } from './connections';
import { optionalCallbackUrl } from './loopback-url';
import { recordingModel, type Recordings } from './recordings';
import { callGone, invalid, notEmulated, wrongState } from './refusals';

/** Recording calls. What is recorded is kept nowhere. */
export function recordingOperations(
  declare: DeclareOperation,
  connections: Connections,
  recordings: Recordings,
): readonly Operation[] {
  const path = '/calling/recordings/:recording';
  const find = (call: Call) => recordings.find(idIn(call, 'recording'));
  return [
    declare('CallRecording_StartRecording', 'POST', '/calling/recordings', (call) => {
      const body = requireObject(call.body, 'body');
      const connection = readCall(body, connections);
      if (connection.state !== 'connected') throw wrongState('The call is not connected yet.');
      refuseVideo(body);
      const recording = recordings.start(connection, {
        callbackUri: optionalCallbackUrl(body.recordingStateCallbackUri, 'recordingStateCallbackUri'),
        pauseOnStart: body.pauseOnStart === true,
      });
      return answer(200, recordingModel(recording), connection.call.correlationId);
    }),
    declare('CallRecording_GetRecordingProperties', 'GET', path, (call) => answer(200, recordingModel(find(call)))),
    declare('CallRecording_StopRecording', 'DELETE', path, (call) => {
      find(call).connection.call.stopRecording();
      return answer(204, undefined);
    }),
    declare('CallRecording_PauseRecording', 'POST', '/calling/recordings/:recording{[^/:]+\\:pause}', (call) => {
      find(call).connection.call.pauseRecording();
      return answer(202, undefined);
    }),
    declare('CallRecording_ResumeRecording', 'POST', '/calling/recordings/:recording{[^/:]+\\:resume}', (call) => {
      find(call).connection.call.resumeRecording();
      return answer(202, undefined);
    }),
  ];
}

function readCall(body: JsonObject, connections: Connections): AutomatedCall {
  const { callLocator } = body;
  const id = optionalString(body.callConnectionId, 'callConnectionId');
  if (id !== undefined) return connections.find(id) ?? gone();
  if (callLocator === undefined || callLocator === null)
    throw invalid('callConnectionId or callLocator must be given.', 'callLocator');
  const locator = requireObject(callLocator, 'callLocator');
  const serverCallId = optionalString(locator.serverCallId, 'callLocator.serverCallId');
  if (serverCallId === undefined) throw notEmulated('recordings of group calls and rooms');
  return connections.ofServerCall(serverCallId) ?? gone();
}

/** Calls of resource accounts are recorded with sound alone, as wav. Source: azure-docs, quickstarts/tpe/teams-phone-extensibility-quickstart. */
function refuseVideo({ recordingContentType, recordingFormatType }: JsonObject): void {
  if (recordingContentType === 'audioVideo')
    throw invalid('recordingContentType must be audio.', 'recordingContentType');
  if (recordingFormatType !== undefined && recordingFormatType !== null && recordingFormatType !== 'wav')
    throw invalid('recordingFormatType must be wav.', 'recordingFormatType');
}

function gone(): never {
  throw callGone();
}
