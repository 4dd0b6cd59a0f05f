import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { writeFileSync } from "node:fs";
import { bundleWorker } from "../local/bundle-worker.ts";
import { RUN } from "../local/paths.ts";
import { SERVING_CORE, startPinned } from "./pinned.ts";

export interface FakeAwsOptions {
  /** Bodies of the messages in the queue, `copies` times over. */
  readonly messages?: readonly string[];
  readonly copies?: number;
  /** What GetItem and Query find, by table, in DynamoDB's own form. */
  readonly items?: Readonly<Record<string, object>>;
  /** What GetObject finds under every key. */
  readonly object?: string;
}

/** SQS, DynamoDB and S3 on the serving core. */
export interface FakeAws {
  /** What a process needs to talk to it. */
  readonly env: NodeJS.ProcessEnv;
  event(name: "first" | "done"): Promise<{ written: number; calls: Record<string, number> }>;
  close(): Promise<void>;
}

type Event = { event: string; port: number; written: number; calls: Record<string, number> };

export async function startFakeAws({
  messages = [],
  copies = 1,
  items = {},
  object = "",
}: FakeAwsOptions): Promise<FakeAws> {
  const data = `${RUN}fake-aws.json`;
  writeFileSync(data, JSON.stringify({ messages, copies, items, object }));
  const child = startPinned(SERVING_CORE, [bundleWorker(new URL("workers/fake-aws.ts", import.meta.url)), data]);
  const { port } = await event(child, "listening");
  return {
    env: {
      AWS_ENDPOINT_URL: `http://127.0.0.1:${port}`,
      AWS_REGION: "us-east-1",
      AWS_ACCESS_KEY_ID: "bench",
      AWS_SECRET_ACCESS_KEY: "bench",
      AWS_EC2_METADATA_DISABLED: "true",
      AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: "true",
    },
    event: (name) => event(child, name),
    async close() {
      const ended = once(child, "exit");
      child.disconnect();
      await ended;
    },
  };
}

async function event(child: ChildProcess, name: string): Promise<Event> {
  return new Promise((resolve, reject) => {
    const onMessage = (message: unknown) => {
      const it = message as Event;
      if (it.event !== name) return;
      child.off("message", onMessage);
      resolve(it);
    };
    child.on("message", onMessage);
    child.once("exit", (code) => reject(new Error(`the fake AWS ended with ${code}`)));
  });
}
