// What runs without AWS does what the deployed functions do: requests of the golden traces, in one process and behind ports in memory.
import { readFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Edge, startEdge } from "../../tools/edge/edge.ts";
import { useVirtualClock } from "../virtual-clock.ts";
import { type MemoryRun, warmInMemory } from "./memory-engine.ts";
import { DEAD_POP, DOMAINS, EDGE, trust } from "./pipeline.ts";
import { SCENARIOS } from "./scenarios.ts";
import { Normaliser, rowsOf, sorted, type Trace } from "./trace.ts";

useVirtualClock({ idleMs: 2 });

describe.each(["pops", "countries", "variants", "leads-with-a-failing-lead"])("the request of the trace %s", (name) => {
  const recorded: Trace = JSON.parse(readFileSync(new URL(`traces/${name}.json`, import.meta.url), "utf8"));
  const scenario = SCENARIOS.find((it) => it.name === name);
  let edge: Edge;
  let run: MemoryRun;
  let normaliser: Normaliser;
  let realMs = 0;
  let untrust: () => void = () => undefined;

  beforeAll(async () => {
    edge = await startEdge({ ...EDGE, site: scenario?.site ?? {}, ...scenario?.options?.edge });
    edge.setFaults(scenario?.faults?.(0));
    untrust = trust(edge.caPem);
    // Times to live are in whole seconds.
    const startedAt = Math.floor(Date.now() / 1_000) * 1_000;
    const began = process.hrtime.bigint();
    run = await warmInMemory({ edge, dead: [DEAD_POP], own: DOMAINS }, scenario?.bodies[0]?.(""));
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
    expect(sorted(run.messages.map((message) => normaliser.value(JSON.parse(JSON.stringify(message)))))).toEqual(
      sorted(bodies.map((body) => JSON.parse(body))),
    );
  });

  test("has the same results", () => {
    const results = run.results.map((result) => normaliser.value(JSON.parse(JSON.stringify(result))));
    expect(sorted(results)).toEqual(recorded.tables["RequestTask"]);
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
