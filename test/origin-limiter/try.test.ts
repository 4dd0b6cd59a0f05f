import { beforeEach, test } from "vitest";
import { installVirtualClock } from "../virtual-clock.ts";
import * as s from "./scenarios.ts";

beforeEach(() => {
  const clock = installVirtualClock({ now: 1_700_000_000_000 });
  return () => clock.uninstall();
});
const down: [number, number][] = [[20, 50]];
const all: s.Scenario[] = [
  s.kills(4, 50),
  s.kills(20, 10),
  s.badTable("slow 300", { latencyMs: 300 }, 4, 50),
  s.badTable("slow 1000", { latencyMs: 1000 }, 4, 50, false),
  s.badTable("failing 20%", { failing: 0.2 }, 4, 50),
  s.badTable("down", { down }, 20, 50),
  s.offsets(4, 50, 300),
  s.offsets(4, 50, 1000),
  s.offsets(20, 10, 1000),
  s.offsets(2, 200, 1000),
  s.concurrency(4, 10, 200),
  s.concurrency(40, 4, 200),
  s.concurrency(1, 4, 200),
  s.concurrency(4, 4, 90_000),
  s.concurrency(8, 4, 90_000, { down: [[30, 110]] }),
  s.throttling(1),
  s.throttling(4),
  s.throttling(12),
  s.throttling(40),
  s.throttling(4, { retryAfterMs: 2000, answerMs: 300 }),
  s.oneBadUrl(1),
  s.oneBadUrl(4),
  s.oneBadPop(4),
  s.getSize(4, 20),
];
const seeds = (process.env["SEEDS"] ?? "1").split(",").map(Number);
test.each(
  all
    .filter((it) => it.name.match(process.env["ONLY"] ?? ""))
    .flatMap((it) => seeds.map((seed) => [it.name, seed, it] as const)),
)(
  "%s, seed %i",
  async (name, seed, scenario) => {
    const t0 = process.hrtime.bigint();
    const { figures, violations } = await scenario.run(seed);
    console.log(
      `@@ ${name} seed ${seed}: ${violations.length ? "VIOLATED " + violations.join(", ") : "ok"} ${JSON.stringify(figures)} real ${(Number(process.hrtime.bigint() - t0) / 1e9).toFixed(1)}`,
    );
  },
  300_000,
);
