export { controlPlane, serverAddress } from './control-plane';
export type { ControlPlaneOptions } from './control-plane';
export { openFrameLink } from './frame-link';
export type { CommandMap, FrameLink, FrameLinkOptions, LinkCommandOptions } from './frame-link';
export { serverChat } from './server-chat';
export { socketIo } from './socket-io';
export type { SocketIoOptions } from './socket-io';
