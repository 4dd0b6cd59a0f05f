import { timingsOf } from "../../../domain/request/lifecycle.ts";
import { firstPops } from "../../local/world.ts";
import { downloadedTimes, progressRises } from "../check/load.ts";
import { allTasksEndWell, notQueuedAgain } from "../check/tasks.ts";
import type { Scenario } from "../engine/scenario.ts";
import { request } from "../load/requests.ts";
import { killDownloader } from "../nemesis/agents.ts";
import { filesOf } from "../world/world.ts";

/** The least that a stack takes. */
const STALL_SECONDS = 5;
const LONG_BYTES = 20_000_000;

export const longDownload: Scenario = {
  name: "long-download",
  description:
    "One download lasts 20 times as long as a request may stand still, and then again with its agent killed in the middle.",
  parts: (scale) => {
    const seconds = STALL_SECONDS * scale.of(20, 3);
    const pops = firstPops(2, "LAB");
    const [whole = "", killed = ""] = pops.map(({ pop }) => pop);
    const plan = {
      files: filesOf("long", 1, LONG_BYTES),
      bytesPerSecond: LONG_BYTES / seconds,
      body: { verify: "off" },
    };
    const heartbeats = (seconds * 1_000) / timingsOf(STALL_SECONDS).heartbeatIntervalMs;
    return {
      world: { edge: { pops }, links: true, stallSeconds: STALL_SECONDS },
      load: [request({ name: "whole", pops: [whole], ...plan }), request({ name: "killed", pops: [killed], ...plan })],
      nemesis: [killDownloader(killed, seconds)],
      checks: [
        ...["whole", "killed"].flatMap((name) => [...allTasksEndWell(name), notQueuedAgain(name)]),
        downloadedTimes("whole", 1),
        // Heartbeats and counters are as frequent, and not in step: a count in three may have the heartbeat of the one before.
        progressRises("whole", seconds, heartbeats / 1.5),
        downloadedTimes("killed", 2),
      ],
    };
  },
};
