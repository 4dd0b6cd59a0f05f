// What runs without AWS does what the deployed functions do: requests of the golden traces, by the direct engine in one process.
import { readFileSync } from "node:fs";
import { WorkQueue } from "../../cli/direct/work-queue.ts";
import type { ReceivedMessage } from "../../domain/plan/ports.ts";
import { type Edge, startEdge } from "../../tools/edge/edge.ts";
import { useVirtualClock } from "../virtual-clock.ts";
import { runDirect, type WholeRun } from "./direct-run.ts";
import { DEAD_POP, DOMAINS, EDGE, trust } from "./pipeline.ts";
import { SCENARIOS } from "./scenarios.ts";
import { Normaliser, rowsOf, sorted, type Trace } from "./trace.ts";

useVirtualClock({ idleMs: 2 });

describe.each(["leads-with-a-failing-lead"])("the request of the trace %s", (name) => {
  const recorded: Trace = JSON.parse(readFileSync(new URL(`traces/${name}.json`, import.meta.url), "utf8"));
  const scenario = SCENARIOS.find((it) => it.name === name);
  let edge: Edge;
  let run: WholeRun;
  let normaliser: Normaliser;
  let realMs = 0;
  let untrust: () => void = () => undefined;
  /** Bodies of all messages that were received. */
  let messages: readonly string[] = [];

  beforeAll(async () => {
    edge = await startEdge({ ...EDGE, site: scenario?.site ?? {}, ...scenario?.options?.edge });
    edge.setFaults(scenario?.faults?.(0));
    untrust = trust(edge.caPem);
    // Times to live are in whole seconds.
    const startedAt = Math.floor(Date.now() / 1_000) * 1_000;
    const began = process.hrtime.bigint();
    const receive = vi.spyOn(WorkQueue.prototype, "receive");
    run = await runDirect({ edge, dead: [DEAD_POP], own: DOMAINS }, scenario?.bodies[0]?.(""));
    const received = await Promise.all(receive.mock.results.map(({ value }) => value as Promise<ReceivedMessage[]>));
    messages = received.flat().map(({ body }) => body);
    receive.mockRestore();
    realMs = Number(process.hrtime.bigint() - began) / 1e6;
    normaliser = new Normaliser([run.item.req_id], startedAt);
  });
  afterAll(async () => {
    untrust();
    await edge.close();
  });

  test("ends in less than five seconds", () => {
    expect(realMs).toBeLessThan(5_000);
  });

  test("has the same messages", () => {
    const bodies = recorded.messages.map((text) =>
      text.slice(text.indexOf("{"), text.indexOf("} with") + 1 || undefined),
    );
    const received = messages.map((body) => normaliser.value(JSON.parse(body)));
    expect(sorted(received)).toEqual(sorted(bodies.map((body) => JSON.parse(body))));
  });

  test("has the same results", () => {
    const lines = String(run.objects.get(`${run.item.req_id}/results.jsonl`))
      .trimEnd()
      .split("\n");
    const rows = recorded.tables["RequestTask"] as Record<string, unknown>[];
    // The journal has no keys, and names no agent.
    const results = rows.map(
      ({ task_key: _, pop_url: __, req_id: ___, agent: ____, expire_at: _____, ...rest }) => rest,
    );
    expect(sorted(lines.map((line) => normaliser.value(JSON.parse(line))))).toEqual(sorted(results));
  });

  test.each(["report.csv", "results.csv.gz", "failures.csv", "success_urls.csv"])("has the same %s", (file) => {
    const at = (objects: Iterable<readonly [string, unknown]>) =>
      [...objects].find(([key]) => key.endsWith(`/${file}`));
    const [key = "", bytes] = at(run.objects) ?? [];
    const rows = normaliser.value(rowsOf(key, bytes as Buffer)) as unknown[];
    const [, expected] = at(Object.entries(recorded.objects)) ?? [];
    // URLs are in the order in which their sizes came, and examples of failures in the order in which their results did.
    const comparable = (all: unknown) => sorted((all as string[]).map((row) => row.replace(/\[\{.*\}\]/, "examples")));
    expect(comparable(rows)).toEqual(comparable(expected));
  });

  test("has the same counts and the same verdict", () => {
    const [item] = recorded.tables["Request"] as Record<string, unknown>[];
    for (const name of ["verdict", "readiness", "total_count", "warm_count", "failed_count", "download_size"] as const)
      expect([name, run.item[name]]).toEqual([name, item?.[name]]);
  });
});
