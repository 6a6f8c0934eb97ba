import type { CallingSocket, CallingSocketEvents } from './calling-environment';

/** The browser's WebSocket. */
export function browserSocket(url: string, events: CallingSocketEvents): CallingSocket {
  const socket = new WebSocket(url);
  let closed = false;
  socket.onopen = () => {
    if (!closed) events.opened();
  };
  socket.onmessage = ({ data }: MessageEvent<unknown>) => {
    if (!closed && typeof data === 'string') events.received(data);
  };
  socket.onclose = ({ code }) => {
    if (closed) return;
    closed = true;
    events.closed(code);
  };
  return {
    send: (text) => {
      if (socket.readyState === WebSocket.OPEN) socket.send(text);
    },
    close: () => {
      closed = true;
      socket.close();
    },
  };
}
