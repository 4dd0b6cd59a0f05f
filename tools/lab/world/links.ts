import type { ChildProcess } from "node:child_process";
import * as z from "zod";
import type { Get } from "../../edge/faults.ts";
import { bundleWorker } from "../../local/bundle-worker.ts";
import type { Launch, LocalFleet } from "../../local/fleet.ts";
import { startWorker, stop } from "../../local/processes.ts";

/** What has come through a link to its instance. */
export interface Passed {
  /** Of TCP: with TLS and the heads of the answers. */
  readonly bytes: number;
  /** When the first and the last byte passed, in milliseconds since the epoch; undefined: none has. */
  readonly firstAt: number | undefined;
  readonly lastAt: number | undefined;
}

/** The way of one instance to the edge. */
export interface Link {
  /** Where the instance's agent finds the edge. */
  readonly port: number;
  /** By which address the edge sees the instance. */
  readonly localAddress: string;
  /** Milliseconds since the epoch. */
  readonly launchedAt: number;
  passed(): Passed;
  close(): Promise<void>;
}

export interface LinkOptions {
  /** The edge's addresses, and its port there. */
  readonly addresses: readonly string[];
  readonly edgePort: number;
  /** A rate that all connections share. @default without a limit */
  readonly bytesPerSecond?: number | undefined;
  /** Tells the links apart at the edge: from 1. */
  readonly number: number;
}

/** The links of a fleet: every instance that is launched gets one of its own, by which the edge tells it from the others. */
export class InstanceLinks {
  private readonly byId = new Map<string, Link>();

  /** The links by the instance's id, the oldest first. */
  get all(): ReadonlyMap<string, Link> {
    return this.byId;
  }

  /** @returns what the instance's agent needs in its environment */
  async launch({ id, number }: Launch, options: Omit<LinkOptions, "number">): Promise<NodeJS.ProcessEnv> {
    const link = await startLink({ ...options, number: number + 1 });
    this.byId.set(id, link);
    return { PREWARM_HTTPS_PORT: String(link.port) };
  }

  /** Instances that run and have made one of the GETs. */
  instancesOf(gets: readonly Get[], fleet: Pick<LocalFleet, "running">): string[] {
    const clients = new Set(gets.map(({ client }) => client));
    return [...fleet.running().keys()].filter((id) => clients.has(this.clientOf(id)));
  }

  /** By which address the edge sees an instance. */
  clientOf(id: string): string {
    return this.byId.get(id)?.localAddress ?? "";
  }

  async close(): Promise<void> {
    await Promise.all([...this.byId.values()].map((link) => link.close()));
  }
}

const messageSchema = z.union([
  z.object({ event: z.literal("listening"), port: z.number() }),
  z.object({
    event: z.literal("passed"),
    bytes: z.number(),
    firstAt: z.number().optional(),
    lastAt: z.number().optional(),
  }),
]);

export async function startLink({ addresses, edgePort, bytesPerSecond, number }: LinkOptions): Promise<Link> {
  const localAddress = `127.200.0.${number}`;
  const child = startWorker(bundleWorker(new URL("link-worker.ts", import.meta.url)), {
    env: {
      ...process.env,
      LINK_ADDRESSES: addresses.join(),
      LINK_EDGE_PORT: String(edgePort),
      LINK_BYTES_PER_SECOND: String(bytesPerSecond ?? Number.POSITIVE_INFINITY),
      LINK_LOCAL_ADDRESS: localAddress,
    },
  });
  let passed: Passed = { bytes: 0, firstAt: undefined, lastAt: undefined };
  const port = await listening(child, (now) => {
    passed = now;
  });
  return {
    port,
    localAddress,
    launchedAt: Date.now(),
    passed: () => passed,
    close: () => stop(child),
  };
}

function listening(child: ChildProcess, onPassed: (passed: Passed) => void): Promise<number> {
  return new Promise((resolve, reject) => {
    child.on("message", (message) => {
      const told = messageSchema.parse(message);
      if (told.event === "listening") resolve(told.port);
      else onPassed({ bytes: told.bytes, firstAt: told.firstAt, lastAt: told.lastAt });
    });
    child.once("exit", (code) => reject(new Error(`A link ended with ${code}`)));
  });
}
