import { createConnection, type Socket } from "node:net";
import { pipeline } from "node:stream/promises";
import { Connections, listenEverywhere } from "../../edge/pop-server.ts";

/** The way of one instance to the edge: a TCP forwarder with a port of its own at the edge's addresses. */
export interface Link {
  /** By which address the edge sees the instance, and tells it from the others. */
  readonly localAddress: string;
  /** Where the instance's agent finds the edge. */
  readonly port: number;
  close(): Promise<void>;
}

interface LinkOptions {
  /** The edge's addresses, and its port there. */
  readonly addresses: readonly string[];
  readonly edgePort: number;
  /** Of the instance: from 0. */
  readonly number: number;
}

export async function startLink({ addresses, edgePort, number }: LinkOptions): Promise<Link> {
  const localAddress = `127.200.${number >> 8}.${(number & 255) + 1}`;
  const connections = new Connections();
  const onConnection = (client: Socket) => {
    connections.add(client);
    const { localAddress: host = "" } = client;
    // What has arrived passes before the connection ends.
    const edge = createConnection({ host, port: edgePort, localAddress, noDelay: true, allowHalfOpen: true });
    // One that breaks breaks the other.
    for (const way of [pipeline(client, edge), pipeline(edge, client)]) way.catch(() => undefined);
  };
  const listeners = await listenEverywhere({ addresses, onConnection });
  return {
    localAddress,
    port: listeners.port,
    close: async () => {
      const closed = listeners.close();
      connections.closeAll();
      await closed;
    },
  };
}
