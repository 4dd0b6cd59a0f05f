import { createConnection, type Socket } from "node:net";
import { pipeline } from "node:stream/promises";
import { setTimeout as sleep } from "node:timers/promises";
import { Connections, listenEverywhere } from "../../edge/pop-server.ts";

/** The way of one instance to the edge: a TCP forwarder with a port of its own at the edge's addresses. */
export interface Link {
  /** By which address the edge sees the instance, and tells it from the others. */
  readonly localAddress: string;
  /** Where the instance's agent finds the edge. */
  readonly port: number;
  /** Milliseconds since the epoch. */
  readonly launchedAt: number;
  /** What has come through to the instance, of TCP: with TLS and the heads of the answers. */
  bytes: number;
  /** When the first and the last byte passed, in milliseconds since the epoch; undefined: none has. */
  firstAt: number | undefined;
  lastAt: number | undefined;
  close(): Promise<void>;
}

interface LinkOptions {
  /** The edge's addresses, and its port there. */
  readonly addresses: readonly string[];
  readonly edgePort: number;
  /** A rate that all connections share. @default without a limit */
  readonly bytesPerSecond?: number | undefined;
  /** Of the instance: from 0. */
  readonly number: number;
}

/** Connections pass a piece in turn. */
const PIECE_BYTES = 16_384;
/** What is not used is kept for a moment only, so that no burst follows. */
const BURST_MS = 50;

export async function startLink({ addresses, edgePort, bytesPerSecond, number }: LinkOptions): Promise<Link> {
  const localAddress = `127.200.${number >> 8}.${(number & 255) + 1}`;
  const msPerByte = bytesPerSecond === undefined ? 0 : 1_000 / bytesPerSecond;
  const connections = new Connections();
  /** When all that was let through has passed at the rate: https://en.wikipedia.org/wiki/Generic_cell_rate_algorithm */
  let freeAt = 0;
  async function* atRate(chunks: AsyncIterable<Buffer>) {
    for await (const chunk of chunks) {
      for (let from = 0; from < chunk.length; from += PIECE_BYTES) {
        const piece = chunk.subarray(from, from + PIECE_BYTES);
        const now = performance.now();
        freeAt = Math.max(freeAt, now - BURST_MS) + msPerByte * piece.length;
        if (freeAt > now) await sleep(freeAt - now);
        link.bytes += piece.length;
        link.lastAt = Date.now();
        link.firstAt ??= link.lastAt;
        yield piece;
      }
    }
  }
  const onConnection = (client: Socket) => {
    connections.add(client);
    const { localAddress: host = "" } = client;
    // What has arrived passes before the connection ends.
    const edge = createConnection({ host, port: edgePort, localAddress, noDelay: true, allowHalfOpen: true });
    // One that breaks breaks the other.
    for (const way of [pipeline(client, edge), pipeline(edge, atRate, client)]) way.catch(() => undefined);
  };
  const listeners = await listenEverywhere({ addresses, onConnection });
  const link: Link = {
    localAddress,
    port: listeners.port,
    launchedAt: Date.now(),
    bytes: 0,
    firstAt: undefined,
    lastAt: undefined,
    close: async () => {
      const closed = listeners.close();
      connections.closeAll();
      await closed;
    },
  };
  return link;
}
