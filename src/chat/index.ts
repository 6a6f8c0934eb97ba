export { chatSanitiser } from './chat-html';
export type { Purifier, PurifierConfig } from './chat-html';
export { createChat } from './create-chat';
export { refusedSession } from './refused-session';
