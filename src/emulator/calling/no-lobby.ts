import type { Lobby } from '@azure/communication-calling';
import { notSupported } from './calling-error';

/** Calls of a contact center have none. */
export const noLobby: Lobby = {
  participants: [],
  on: () => {},
  off: () => {},
  admit: async () => {
    throw notSupported('A lobby');
  },
  reject: async () => {
    throw notSupported('A lobby');
  },
  admitAll: async () => {
    throw notSupported('A lobby');
  },
};
