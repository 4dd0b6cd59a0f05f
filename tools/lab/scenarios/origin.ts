import type { OriginLimit } from "../../edge/origin.ts";
import { popsUnder } from "../../local/world.ts";
import { neverAbove, seldomRefused, usesLimit } from "../check/origin.ts";
import { allTasksEndWell, faultsHappened, nothingLeft } from "../check/tasks.ts";
import { inOrder, type Scenario } from "../engine/scenario.ts";
import { atOrigin } from "../load/edge.ts";
import { fleetIsGone, setInstances } from "../load/fleet.ts";
import { firstRequest, mark, request, until, wait } from "../load/requests.ts";
import { loseInstance } from "../nemesis/agents.ts";
import { filesOf, type WorldOptions } from "../world/world.ts";

const AGENTS = 4;
/** Each POP is alone under its REC: each task asks the origin. */
const RECS = 12;
const EDGE: WorldOptions["edge"] = { pops: popsUnder(RECS, 1), behaviours: [{ collapsing: "off" }] };
const BYTES = 5_000;

const PER_SECOND = 50;
/** Of the mean, outside of the time after a change. */
const MIN_PER_SECOND = 40;
/** After a change, the agents have to see each other first. All times of the scenario follow from it. */
const CALM_AFTER_SECONDS = 60;
/** The stack's own, when the scale is 1. */
const STALL_SECONDS = 900;
const CONCURRENCY = 8;
const ANSWER_MS = 500;

export const limits: Scenario = {
  name: "limits",
  description:
    "Four agents keep to a limit of 50 requests a second while one is lost and one is added, and to one of 8 at once.",
  parts: (scale) => {
    const changes = [loseInstance, setInstances(AGENTS + 1)];
    const calm = scale.of(CALM_AFTER_SECONDS, 8);
    // Enough for twice that before and after each change, at the very limit and a little more.
    const seconds = (2 * (changes.length + 1) + 0.6) * calm;
    const many = filesOf("limits", Math.ceil((seconds * PER_SECOND) / RECS), BYTES);
    const few = filesOf("few", scale.of(60, 8), BYTES);
    const [rate, atOnce] = ["50 requests/s", "8 at once"];
    const bodyOf = (origin: object) => ({ instance_count: AGENTS, origin });
    return {
      world: { edge: EDGE, stallSeconds: (STALL_SECONDS * calm) / CALM_AFTER_SECONDS },
      load: [
        request({ name: rate, files: many, body: bodyOf({ requests_per_second: PER_SECOND }) }),
        fleetIsGone,
        atOrigin({ delayMs: ANSWER_MS }),
        request({ name: atOnce, files: few, body: bodyOf({ concurrency: CONCURRENCY }) }),
      ],
      nemesis: [
        inOrder(
          firstRequest,
          until(rate, ({ progress }) => progress.download_count > 0),
          ...changes.flatMap((change) => [mark, wait(2 * calm), change]),
          ...[mark, wait(2 * calm), mark, until(rate, () => true)],
        ),
      ],
      checks: [
        neverAbove(rate, PER_SECOND, 1_000),
        usesLimit(rate, MIN_PER_SECOND, calm * 1_000, changes.length + 2),
        faultsHappened("instance: lost"),
        neverAbove(atOnce, CONCURRENCY, ANSWER_MS - 20),
        ...[rate, atOnce].flatMap((name) => [...allTasksEndWell(name)]),
        nothingLeft,
      ],
    };
  },
};

const REFUSED_ABOVE = 30;
const GRACE_SECONDS = 10;
const MAX_REFUSED = 0.05;

const REFUSALS: Readonly<Record<string, Omit<OriginLimit, "perSecond">>> = {
  "503": { status: 503 },
  "429 with Retry-After in seconds": { status: 429, retryAfter: { seconds: 2, form: "seconds" } },
  "503 with Retry-After as a date": { status: 503, retryAfter: { seconds: 2, form: "date" } },
};

export const throttling: Scenario = {
  name: "throttling",
  isSeeded: false,
  description:
    "An origin refuses what is above 30 requests a second, with and without Retry-After, and a request says nothing of it.",
  parts: (scale) => {
    const refusals = Object.entries(REFUSALS).slice(0, scale.value < 0.5 ? 1 : undefined);
    return {
      world: { edge: EDGE },
      load: refusals.map(([name, limit], n) =>
        inOrder(
          atOrigin({ limit: { ...limit, perSecond: REFUSED_ABOVE } }),
          request({ name, files: filesOf(`refused-${n}`, scale.of(200, 60), BYTES), body: { instance_count: AGENTS } }),
          fleetIsGone,
        ),
      ),
      checks: [
        ...refusals.flatMap(([name]) => [seldomRefused(name, GRACE_SECONDS, MAX_REFUSED), ...allTasksEndWell(name)]),
        nothingLeft,
      ],
    };
  },
};
