import { once } from "node:events";
import type { TaskMessage } from "../../domain/plan/task-message.ts";
import { agentFlags } from "../local/agent-flags.ts";
import { REQ_ID, requestItem } from "../local/fake-request.ts";
import { peakMegabytes } from "../local/processes.ts";
import { HOST } from "./nginx.ts";
import { cpuMicrosOf, nodeFlags, OUR_CORE, serveStack, startPinned } from "./pinned.ts";

interface AgentRunOptions {
  /** The agent as deployed. */
  readonly bundle: string;
  /** Flags of Node.js. @default those of the agent's unit */
  readonly flags?: readonly string[];
  /** The program that runs it. @default the Node that runs here */
  readonly node?: string;
  readonly server: { readonly port: number; readonly httpPort: number; readonly caFile: string };
  /** Bodies of the messages in the queue, `copies` times over, and how many tasks they are altogether. */
  readonly messages: readonly string[];
  readonly copies: number;
  readonly tasks: number;
}

interface AgentRun {
  readonly seconds: number;
  /** Of the agent alone, from its first call to the queue to its last. */
  readonly cpuMicros: number;
  readonly peakMB: number;
  readonly awsCalls: number;
}

/** Runs one process of the agent on our core, with its queue and table in memory. Only its calls to them cost it CPU. */
export async function runAgent(options: AgentRunOptions): Promise<AgentRun> {
  const { bundle, flags = agentFlags(), node, server, messages, copies, tasks } = options;
  const aws = await serveStack({ messages, copies, items: { requests: requestItem() } });
  const env = {
    ...aws.env,
    VISIBILITY_SECONDS: "30",
    PREWARM_HTTPS_PORT: String(server.port),
    PREWARM_HTTP_PORT: String(server.httpPort),
    PREWARM_INSTANCE_ID: "i-0123456789abcdef0",
    PREWARM_WORKERS: "1",
    PREWARM_ALLOW_PRIVATE_ADDRESSES: "true",
    NODE_EXTRA_CA_CERTS: server.caFile,
    // The agent of older commits wants it.
    STEP_QUEUE_URL: "http://127.0.0.1/steps",
  };
  const agent = startPinned(OUR_CORE, [...nodeFlags(), ...flags, bundle], env, node);
  agent.stdout?.resume();
  const pid = agent.pid ?? 0;
  const done = aws.event("done");
  const exited = once(agent, "exit").then(([code]) => {
    throw new Error(`the agent ended with ${code}`);
  });
  exited.catch(() => undefined);
  await Promise.race([aws.event("first"), exited]);
  const before = cpuMicrosOf(pid);
  const started = performance.now();
  const { written, calls } = await Promise.race([done, exited]);
  const cpuMicros = cpuMicrosOf(pid) - before;
  const seconds = (performance.now() - started) / 1_000;
  const peakMB = peakMegabytes(pid);
  const ended = once(agent, "exit");
  agent.kill("SIGTERM");
  await ended;
  await aws.close();
  // More results are fine, because a message may come again. None may be missing.
  if (written < tasks) throw new Error(`${written} results of ${tasks}`);
  return { seconds, cpuMicros, peakMB, awsCalls: calls };
}

/**
 * A message with these URLs for one of the benchmark's POPs.
 * @param verify `edge` only where the server's answers are hits: a miss would be called not kept. @default off
 */
export function messageFor(
  address: string,
  pop: number,
  urls: TaskMessage["urls"],
  { verify = "off", downloads }: Pick<TaskMessage, "verify" | "downloads"> = {},
): string {
  const message: TaskMessage = {
    req_id: REQ_ID,
    pop: `BEN${pop}-C1`,
    ips: [address],
    host: HOST,
    header: ["Accept-Encoding: gzip, deflate, br"],
    verify,
    downloads,
    shards: 8,
    urls,
  };
  return JSON.stringify(message);
}
