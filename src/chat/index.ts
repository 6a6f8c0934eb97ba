export { chatSanitiser } from './chat-html';
export type { Purifier, PurifierConfig } from './chat-html';
