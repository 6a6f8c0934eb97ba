// In place of @azure/communication-calling, which plain Node cannot load: communication-react asks it for names alone here.
export const Features = {};
export const LocalVideoStream = undefined;
export const VideoStreamRenderer = undefined;
