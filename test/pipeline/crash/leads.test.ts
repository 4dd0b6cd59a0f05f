// Every kind of call with an effect of a request with leads, followers and failures fails, loses its answer, or is its process's last.
import { DEAD_POP, FRANKFURT, TOKYO } from "../pipeline.ts";
import { body, failGet, files } from "../scenarios.ts";
import { testCrashPoints } from "./crash-points.ts";

const site = files("crashed", 4);

await testCrashPoints({
  name: "leads, followers and failures",
  site,
  options: { edge: { closedPops: TOKYO.slice(1, 2) } },
  faults: () => failGet(/0\.bin$/, { kind: "status", status: 404 }, FRANKFURT),
  bodies: [body(site, { pops: [...TOKYO, ...FRANKFURT, DEAD_POP], need_invalidate: true })],
});
