import { setTimeout as sleep } from "node:timers/promises";
import { beforeEach, test } from "vitest";
import { rateAt } from "../../domain/origin/aimd.ts";
import { installVirtualClock } from "../virtual-clock.ts";
import { Lab } from "./lab.ts";

beforeEach(() => {
  const clock = installVirtualClock({ now: 1_700_000_000_000 });
  return () => clock.uninstall();
});
test("dbg", async () => {
  const lab = new Lab({ seed: 1, processes: Number(process.env["P"] ?? 40), tasks: 2400, breaksAbove: 30 });
  const out: string[] = [];
  for (let s = 0; s < 40; s++) {
    const n = lab.sent.length;
    await sleep(1000);
    const h = (lab.table as any).hosts.get("h");
    const w = lab.sent.slice(n);
    out.push(
      `${s}: sent ${w.length} refused ${w.filter((x) => x.refused).length} cutAge ${h && ((Date.now() - h.cutAt) / 1000).toFixed(1)} rate ${h?.rate.toFixed(1)} now ${rateAt(h, Date.now()).toFixed(1)} cuts ${lab.table.calls.filter((c) => c.kind === "cut").length} res ${lab.table.calls.filter((c) => c.kind === "reservation").length}`,
    );
  }
  lab.endAll();
  console.log(out.join("\n"));
}, 60000);
