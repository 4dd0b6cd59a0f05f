import { popsUnder } from "../../local/world.ts";
import { repeatsAtOrigin } from "../check/origin.ts";
import { allTasksEnd, counted, noDeadLetters, noTaskFails, nothingLeft, notQueuedAgain } from "../check/tasks.ts";
import { request, settle } from "../load/requests.ts";
import { KILL_POINTS, killLeads } from "../nemesis/lead-killer.ts";
import { type Check, inOrder, type Scenario, type Step } from "../scenario.ts";
import { filesOf } from "../world/world.ts";

const KILLS_PER_REQUEST = 20;
const RECS = 6;
const URLS = 24;

/** The net that catches lost messages is to have nothing to do. */
export const leads: Scenario = {
  name: "leads",
  description: "200 agents are killed between the results of a lead and the messages of its followers.",
  parts: (scale) => {
    const kills = scale.of(200, 2);
    // Once more than can be needed, if each has as many kills as it may.
    const rounds = Array.from({ length: Math.ceil((1.5 * kills) / KILLS_PER_REQUEST) }, (_, n) => ({
      name: `round ${n}`,
      paths: Object.keys(filesOf(`round-${n}`, URLS, 5_000)),
      body: { instance_count: 4 },
      seconds: 300,
    }));
    const site = Object.fromEntries(rounds.flatMap(({ paths }) => paths.map((path) => [path, { size: 5_000 }])));
    return {
      world: {
        // So that fetches are on their way when an agent dies.
        edge: { pops: popsUnder(RECS, 5), site, behaviours: [{ collapsing: "off" }], origin: { delayMs: 100 } },
        proxied: "agents",
        // What a dead agent held comes back after this: the lab has not the patience of the deployed queue.
        visibilitySeconds: 6,
        stallSeconds: 120,
      },
      load: rounds.map((round) => unlessKilled(kills, inOrder(request(round), settle))),
      nemesis: [killLeads(kills, KILLS_PER_REQUEST)],
      checks: [
        killedAtEachPoint(kills),
        ofEachRequest((name) => [
          ...allTasksEnd(name),
          noTaskFails(name),
          notQueuedAgain(name),
          repeatsAtOrigin(name, RECS),
        ]),
        nothingLeft,
        noDeadLetters,
      ],
    };
  },
};

/** A step that is left out once so many agents were killed. */
function unlessKilled(kills: number, step: Step): Step {
  return async (run) => {
    if (run.seen.kills.length < kills) await step(run);
  };
}

export function killedAtEachPoint(kills: number): Check {
  return (seen) => {
    const points = seen.kills.map(({ point = "at any time" }) => point);
    const areMany = kills >= 4 * KILL_POINTS.length;
    return {
      what: "agents killed between a lead's results and its followers' messages",
      wanted: `${kills}, at each of ${KILL_POINTS.length} points`,
      saw: counted(points),
      holds: [points.length === kills, ...(areMany ? KILL_POINTS.map((it) => points.includes(it)) : [])],
    };
  };
}

function ofEachRequest(checks: (name: string) => readonly Check[]): Check {
  return (seen) => [...seen.requests.keys()].flatMap((name) => checks(name).flatMap((check) => check(seen)));
}
