import { timingsOf } from "../../../domain/request/lifecycle.ts";
import { firstPops } from "../../local/world.ts";
import { downloadedTimes, progressRises, sharedEvenly } from "../check/load.ts";
import { allTasksEndWell, notQueuedAgain } from "../check/tasks.ts";
import { inOrder, type Scenario } from "../engine/scenario.ts";
import { bootInstances, fleetIsGone } from "../load/fleet.ts";
import { ended, request, start, until, wait } from "../load/requests.ts";
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
      world: { edge: { pops }, links: {}, stallSeconds: STALL_SECONDS },
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

const AGENTS = 4;
/** Of each agent's link: four together are far from what two cores carry with TLS at both ends, also if they have other work. */
const LINK_BYTES_PER_SECOND = 8_000_000;
const MB = 1_000_000;
/** More than 16 MiB each, so that each travels in a message of its own. */
const LARGE_MB = [17, 20, 26, 32, 40, 60];
/** So large that the links are full with as few tasks a second as the emulator can count on a busy machine. */
const SMALL_BYTES = 400_000;

export const loadSharing: Scenario = {
  name: "load-sharing",
  isSeeded: false,
  description:
    "Four agents that boot two seconds apart, each behind a link of its own, share large messages and small files.",
  parts: (scale) => {
    const pops = firstPops(scale.of(50, 2), "LAB");
    const names = pops.map(({ pop }) => pop);
    const large = Object.fromEntries(LARGE_MB.map((size) => [`/large/${size}.bin`, { size: size * MB }]));
    const loads = [
      { name: "few large messages", files: large, pops: names.slice(0, scale.of(10, 2)) },
      { name: "many large messages", files: large, pops: names },
      { name: "small files", files: filesOf("small", 200, SMALL_BYTES), pops: names },
    ];
    const body = { verify: "off", instance_count: 0 };
    return {
      world: { edge: { pops }, links: { bytesPerSecond: LINK_BYTES_PER_SECOND }, stallSeconds: 900 },
      // All is queued before the first agent boots.
      load: loads.map(({ name, ...which }) =>
        inOrder(
          start({ name, ...which, body }),
          until(name, ({ progress }) => progress.status === "IN_PROGRESS"),
          ...Array.from({ length: AGENTS }, (_, n) => inOrder(bootInstances(n + 1), wait(2))),
          ended(name),
          fleetIsGone,
        ),
      ),
      checks: loads.flatMap(({ name }) => [
        ...allTasksEndWell(name),
        sharedEvenly(name, AGENTS, LINK_BYTES_PER_SECOND),
      ]),
    };
  },
};
