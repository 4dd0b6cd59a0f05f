import { setTimeout as sleep } from "node:timers/promises";
import { beforeEach, test } from "vitest";
import { installVirtualClock } from "../virtual-clock.ts";
import { arrivals, busiest, busiestProcess, perSecond, writes } from "./figures.ts";
import { Lab } from "./lab.ts";

beforeEach(() => {
  const clock = installVirtualClock({ now: 1_700_000_000_000 });
  return () => clock.uninstall();
});
const cases =
  process.env["CASES"] === undefined
    ? [
        [1, 10],
        [4, 50],
        [40, 50],
        [40, 200],
        [40, 10],
        [4, 1],
        [1, 200],
        [600, 1],
      ]
    : (JSON.parse(process.env["CASES"]) as number[][]);
test.each(cases)(
  "%i processes, %i per second",
  async (processes, limit) => {
    const t0 = process.hrtime.bigint();
    const lab = new Lab({
      seed: Number(process.env["SEED"] ?? 1),
      processes,
      limits: { requests_per_second: limit },
      tasks: Math.max(limit * 150, processes * 20),
      startWithinMs: 5000,
    });
    await sleep(90_000);
    lab.endAll();
    const at = lab.sent.map((it) => it.at);
    console.log(
      `P=${processes} r=${limit}: busiest 1s ${busiest(at, 1000)}; origin 1s ${busiest(arrivals(lab), 1000)} 10s ${(busiest(arrivals(lab), 10_000) / 10 / limit).toFixed(3)}; used ${(perSecond(lab, 10, 70) / limit).toFixed(3)}; first ${at[0] && at[0] - (lab.firstReceivedAt ?? 0)}; writes ${JSON.stringify(writes(lab))}; reserv/proc ${busiestProcess(lab, "reservation")} receptions ${lab.receptions} reads/s ${lab.table.calls.filter((c) => c.kind === "read").length / lab.seconds} done ${lab.done} real ${Number(process.hrtime.bigint() - t0) / 1e9}`,
    );
  },
  120_000,
);
