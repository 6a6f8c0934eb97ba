import type { VoiceState } from 'onescreen';

/** What the screen says for each status of a call. */
const statusWords: Readonly<Record<VoiceState['status'], string>> = {
  connecting: 'Connecting…',
  ringing: 'Ringing…',
  connected: 'In call',
  held: 'On hold',
  lost: 'Connection lost',
  closed: 'Call ended',
};

export function callWords({ status }: VoiceState): string {
  return statusWords[status];
}

/** A message of the library, such as `the customer has hung up`, as a sentence. */
export function sentence(message: string): string {
  const begun = message.charAt(0).toUpperCase() + message.slice(1);
  return /[.!?]$/.test(begun) ? begun : `${begun}.`;
}

/** What is wrong with a line or a device, and what helps. */
const problemWords: Readonly<Record<string, string>> = {
  'microphone-not-muted-but-silent': 'You are not muted but we cannot hear you. Check the microphone.',
  'speaking-while-muted': 'You are speaking, but you are muted.',
  'microphone-muted-unexpectedly': 'The system has muted your microphone.',
  'microphone-not-functioning': 'Your microphone does not work. Choose another one.',
  'microphone-permission-denied': 'The browser gives no microphone to this page.',
  'no-microphone-devices-enumerated': 'There is no microphone. Plug one in.',
  'no-speaker-devices-enumerated': 'There is no speaker. Plug one in.',
  'network-reconnecting': 'The network is gone for a moment. The call comes back by itself.',
  'no-network': 'There is no network.',
  'network-receive-quality': 'You may hear the others badly: the network is slow.',
  'network-send-quality': 'The others may hear you badly: the network is slow.',
  'network-relays-not-reachable': 'The network blocks the way for calls. Ask whoever runs it.',
};

export function problemSentence(problem: string): string {
  return problemWords[problem] ?? sentence(problem.replaceAll('-', ' '));
}
