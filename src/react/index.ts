export { ContactCenterProvider, useContactCenter } from './contact-center-provider';
export {
  useAgent,
  useChannel,
  useControls,
  useConversation,
  useOffers,
  useSession,
  useTask,
  useTasks,
  useTimeline,
  useWrapUp,
} from './hooks';
export type { Runners } from './runners';
export { useLive } from './use-live';
