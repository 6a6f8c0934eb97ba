export { acsChat } from './acs-chat';
export type { AcsChatOptions } from './acs-chat';
export type { AcsChatModule } from './official-client';
export type { RateLimit } from '../rate-budget';
