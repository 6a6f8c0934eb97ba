import type { ActivityLog } from '../activity-log';
import type { CallServers } from '../calls/call-servers';
import type { Emulation } from '../emulation';
import type { Operation } from '../http/operation';
import { automationOperations } from './automation-operation';
import { CallEventFaults } from './call-event-faults';
import { callOperations } from './call-operations';
import { CallbackEvents } from './callback-events';
import { connectionOperations } from './connection-operations';
import { Connections } from './connections';
import { EventGrid } from './event-grid';
import { IncomingCalls } from './incoming-calls';
import { mediaOperations } from './media-operations';
import { recordingOperations } from './recording-operations';
import { Recordings } from './recordings';
import { Repeatability } from './repeatability';
import { Webhook, type Post } from './webhook';

/** The part of the emulator that servers drive calls with over HTTP. */
export interface CallAutomation {
  readonly operations: readonly Operation[];
  readonly eventGrid: EventGrid;
  readonly faults: CallEventFaults;
  close(): void;
}

export interface CallAutomationParts {
  readonly emulation: Emulation;
  readonly log: ActivityLog;
  readonly servers: CallServers;
  readonly post: Post;
}

export function createCallAutomation({ emulation, log, servers, post }: CallAutomationParts): CallAutomation {
  const { clock, random, resourceId } = emulation;
  const webhook = new Webhook({ clock, log, post });
  const faults = new CallEventFaults(clock, random);
  const connections = new Connections(new CallbackEvents({ clock, random, webhook, faults }));
  const incoming = new IncomingCalls(clock, random);
  const eventGrid = new EventGrid({ clock, random, resourceId, webhook, incoming });
  servers.otherwise(eventGrid);
  const declare = automationOperations(new Repeatability(clock));
  return {
    operations: [
      ...callOperations(declare, { emulation, servers, connections, incoming }),
      ...connectionOperations(declare, connections),
      ...mediaOperations(declare, connections, clock),
      ...recordingOperations(declare, connections, new Recordings(clock, random)),
    ],
    eventGrid,
    faults,
    close: () => webhook.close(),
  };
}
