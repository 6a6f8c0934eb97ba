import { serve, type RunningServer, type StartServerOptions } from 'onescreen/server';
import { joinCluster, type ClusterNode, type ClusterNodeOptions } from './cluster-node';

export interface StartClusterNodeOptions
  extends ClusterNodeOptions, Pick<StartServerOptions, 'port' | 'host' | 'heartbeat' | 'fallback'> {}

export interface RunningClusterNode extends Pick<RunningServer, 'url' | 'close'> {
  readonly node: ClusterNode;
}

/**
 * A node on a port of its own: HTTP and sockets around {@link joinCluster}. Pages may come to any node of the domain, and
 * to another one each time.
 */
export async function startClusterNode(options: StartClusterNodeOptions): Promise<RunningClusterNode> {
  const node = joinCluster(options);
  const { url, close } = await serve(node, { ...options, adapter: node.adapter });
  return { node, url, close };
}
