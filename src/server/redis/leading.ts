import type { ConnectRequest, ServerConnection } from 'onescreen/server';
import type { CarriedRequest } from './carried-http';

/** A way to the server that leads, as long as it does. */
export interface WayToLeader {
  /** Rejects as a server does, and with {@link LeaderGone}. */
  connect(request: ConnectRequest): Promise<ServerConnection>;
  /** Rejects with {@link LeaderGone}. */
  handle(request: CarriedRequest): Promise<Response>;
  /** That server does not lead any more: its pages are to come back to another. */
  close(): void;
}

/** Whoever led does so no more; what was asked may or may not have been done. */
export class LeaderGone extends Error {
  override readonly name = 'LeaderGone';
}
