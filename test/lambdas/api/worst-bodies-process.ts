// The API's handler in a process of its own: for each name that its parent sends, it tells what that body of 6 MB costs.
import { times } from "../../collect.ts";
import { world } from "./world.ts";
import { WORST_BODIES, type WorstBody } from "./worst-bodies.ts";

const aliases = times(100, (i) => `${i % 2 === 0 ? "*." : ""}alias${i}.example.org`);
const own = [{ id: "E1", domain: "d1.cloudfront.net", aliases: ["*.example.com", ...aliases] }];

process.on("message", async (name: WorstBody) => {
  const body = WORST_BODIES[name]();
  const { respond } = world({ own });
  const cpu = process.cpuUsage();
  const started = performance.now();
  const answered = await respond("POST /prewarm", body);
  const seconds = (performance.now() - started) / 1_000;
  const { user, system } = process.cpuUsage(cpu);
  process.send?.({
    status: answered.statusCode,
    // As Lambda sends it.
    bytes: Buffer.byteLength(JSON.stringify(answered)),
    // On a machine with other work, the time that passes says less than the processor's.
    seconds: Math.min(seconds, (user + system) / 1e6),
  });
});
process.once("disconnect", () => process.exit());
