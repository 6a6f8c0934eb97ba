export { ContactCenterProvider, useContactCenter } from './contact-center-provider';
export { useCallbacks, useConsults, useDirectory, useParked } from './call-control-hooks';
export type { DirectorySearch } from './call-control-hooks';
export {
  useAgent,
  useCall,
  useChannel,
  useControls,
  useConversation,
  useDevices,
  useOffers,
  useReadiness,
  useSession,
  useTabs,
  useTask,
  useTasks,
  useTimeline,
  useWrapUp,
} from './hooks';
export { useFocus, useInvitations, useMeeting } from './meeting-hooks';
export type { Runners } from './runners';
export { useLive } from './use-live';
