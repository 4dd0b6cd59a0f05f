// percentage_complete never decreases, whatever happens to the agents and to the request, and both routes tell the same.
import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import { body, urls } from "../../e2e/bodies.ts";
import { addObjects } from "../../e2e/edge-control.ts";
import { type PipelineStack, pipelineStack } from "./stack.ts";

const POLL_MS = 2_000;
const SIZE = 300_000;
/** Of a download that is under way for so long that a kill and a stop come in its middle. */
const DRIP = { kind: "drip", bytesPerSecond: 5_000 } as const;

interface Told {
  readonly status: unknown;
  readonly percentage: number;
  readonly results: number;
  readonly isListed: boolean;
  /** Whether the counts of the end stand. They may be lower: counters may count a task twice. */
  readonly isCounted: boolean;
}

describe("a caller who polls GET /prewarm and GET /requests all the time", () => {
  const stack = pipelineStack();

  it("never sees percentage_complete decrease: not by a kill, a stop, or in the retry", async () => {
    const [lost = "", ...others] = addObjects(stack, "percentage", 8, () => SIZE);
    stack.setFaults(({ method, path }) => (method === "GET" && path === lost ? DRIP : undefined));
    const pops = ["SIN2-C1", "ATL56-C1"];
    const first = await stack.start(body({ url_list: urls(lost, ...others), pops, timeout: 30 }));
    const told = poll(stack, first);
    const halfway = await stack.until(first, ({ in_progress_size }) => Number(in_progress_size) > 1.6 * SIZE);
    expect(halfway["download_count"]).toBe(2 * others.length);
    killAgent(stack);
    // What was under way is lost. What the agent told of it is stale after a minute; the message is received again after half of that.
    await stack.until(first, ({ in_progress_size }) => Number(in_progress_size) < 1.4 * SIZE);
    expect(Number((await stack.progress(first))["percentage_complete"])).toBeGreaterThanOrEqual(
      Number(halfway["percentage_complete"]),
    );
    // Shutdown fails for a while, so that the recount is late.
    const { aws, roles } = stack.pipeline;
    aws.inject = ({ caller }) => (roles.get(caller) === "Shutdown" ? "fail" : undefined);
    await stack.post("instances", { DesiredCapacity: 0, req_id: first, force_stop: true });
    await sleep(5 * POLL_MS);
    aws.inject = () => undefined;
    await stack.pipeline.untilClosed(first);
    await sleep(2 * POLL_MS);
    await told.end();
    expectNoDecrease(told.answers);
    expect(told.answers.some(({ status, isCounted }) => status === "STOPPED" && !isCounted)).toBe(true);

    stack.setFaults(undefined);
    const retry = await stack.start({ retry_of: first, instance_count: 1 });
    const again = poll(stack, retry);
    await stack.until(retry, "FINISHED");
    await again.end();
    expectNoDecrease(again.answers);
    expect((await stack.progress(retry))["percentage_complete"]).toBe(100);
  });
});

function expectNoDecrease(answers: readonly Told[]): void {
  expect(answers.some(({ isListed }) => isListed)).toBe(true);
  for (const [n, answer] of answers.entries()) {
    const before = answers[n - 1];
    const context = JSON.stringify([before, answer]);
    expect(answer.percentage, context).toBeGreaterThanOrEqual(before?.percentage ?? 0);
    if (!answer.isCounted) expect(answer.results, context).toBeGreaterThanOrEqual(before?.results ?? 0);
  }
}

/** Asks for the request by turns as its own and as one of the list, from now on. */
function poll(stack: PipelineStack, reqId: string) {
  const answers: Told[] = [];
  const ended = new AbortController();
  const look = async (isListed: boolean) => {
    const progress = isListed ? await listed(stack, reqId) : await stack.progress(reqId);
    answers.push({
      status: progress["status"],
      percentage: Number(progress["percentage_complete"]),
      results: Number(progress["download_count"]),
      isListed,
      isCounted: progress["verdict"] !== undefined,
    });
  };
  const polling = (async () => {
    for (let n = 0; !ended.signal.aborted; n++) {
      await look(n % 2 === 1);
      await sleep(POLL_MS, undefined, { signal: ended.signal }).catch(() => undefined);
    }
  })();
  return {
    answers,
    end: async () => {
      ended.abort();
      await polling;
    },
  };
}

async function listed(stack: PipelineStack, reqId: string): Promise<Record<string, unknown>> {
  const { json } = await stack.call("GET", "requests");
  const requests = json["requests"];
  if (!Array.isArray(requests)) throw new Error("GET /requests has no list");
  const found: unknown = requests.find((one: { request_id?: unknown }) => one.request_id === reqId);
  if (typeof found !== "object" || found === null) throw new Error(`${reqId} is not in the list`);
  return Object.fromEntries(Object.entries(found));
}

/** Ends the agent's process without a word, as SIGKILL does; systemd starts it again. */
function killAgent({ pipeline }: PipelineStack): void {
  const agents = [...pipeline.roles].filter(([, role]) => role === "agent").map(([caller]) => caller);
  const last = agents.at(-1);
  if (last === undefined) throw new Error("there is no agent");
  pipeline.aws.kill(last);
  pipeline.aws.onDeath(last);
}
