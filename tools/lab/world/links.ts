import { once } from "node:events";
import * as z from "zod";
import { bundleWorker } from "../../local/bundle-worker.ts";
import { startWorker, stop } from "../../local/processes.ts";

/** What a link's process tells. */
const toldSchema = z.object({
  /** Where the instance's agent finds the edge. */
  port: z.number(),
  /** What has come through to the instance, of TCP: with TLS and the heads of the answers. */
  bytes: z.number(),
  /** When the first and the last byte passed, in milliseconds since the epoch; undefined: none has. */
  firstAt: z.number().optional(),
  lastAt: z.number().optional(),
});

/** The way of one instance to the edge. */
export interface Link {
  /** By which address the edge sees the instance, and tells it from the others. */
  readonly localAddress: string;
  /** Milliseconds since the epoch. */
  readonly launchedAt: number;
  told(): z.infer<typeof toldSchema>;
  close(): Promise<void>;
}

export interface LinkOptions {
  /** The edge's addresses, and its port there. */
  readonly addresses: readonly string[];
  readonly edgePort: number;
  /** A rate that all connections share. @default without a limit */
  readonly bytesPerSecond?: number | undefined;
  /** Of the instance: from 0. */
  readonly number: number;
}

/** @throws Error if its process ends at once */
export async function startLink({ addresses, edgePort, bytesPerSecond, number }: LinkOptions): Promise<Link> {
  const localAddress = `127.200.${number >> 8}.${(number & 255) + 1}`;
  const child = startWorker(bundleWorker(new URL("link-worker.ts", import.meta.url)), {
    env: {
      ...process.env,
      LINK_ADDRESSES: addresses.join(),
      LINK_EDGE_PORT: String(edgePort),
      LINK_BYTES_PER_SECOND: String(bytesPerSecond ?? Number.POSITIVE_INFINITY),
      LINK_LOCAL_ADDRESS: localAddress,
    },
  });
  const ended = once(child, "exit").then(([code]) => Promise.reject(new Error(`A link ended with ${code}`)));
  ended.catch(() => undefined);
  const [first] = await Promise.race([once(child, "message"), ended]);
  let told = toldSchema.parse(first);
  child.on("message", (message) => {
    told = toldSchema.parse(message);
  });
  return { localAddress, launchedAt: Date.now(), told: () => told, close: () => stop(child) };
}
