import { popsUnder } from "../../local/world.ts";
import { repeatsAtOrigin } from "../check/origin.ts";
import { allTasksEndWell, noDeadLetters, nothingLeft, notQueuedAgain } from "../check/tasks.ts";
import { type Check, type Expectation, inOrder, rowOf, type Scenario } from "../engine/scenario.ts";
import { request, settle } from "../load/requests.ts";
import { KILL_POINTS, type KillPoint, killLeads } from "../nemesis/lead-killer.ts";
import { filesOf } from "../world/world.ts";

const RECS = 6;
const URLS = 24;

/**
 * Agents are killed between the results of a lead and the messages of its followers, in as many requests as it takes.
 * @param wanted kills at scale 1
 */
export function killLeadsAt(points: readonly KillPoint[], expected: number): Scenario["parts"] {
  return (scale) => {
    const kills = scale.of(expected, 2);
    // A request has a few kills at least.
    const rounds = Array.from({ length: Math.ceil(kills / 4) }, (_, n) => ({
      name: `round ${n}`,
      files: filesOf(`round-${n}`, URLS, 5_000),
      body: { instance_count: 4 },
    }));
    return {
      world: {
        // Fetches are in progress when an agent is killed, and each one is seen at the origin: concurrent requests do not share a fetch.
        edge: { pops: popsUnder(RECS, 5), behaviours: [{ collapsing: "off" }], origin: { delayMs: 100 } },
        proxied: "agents",
        links: true,
        // What a dead agent held comes back after this: the lab has not the patience of the deployed queue.
        visibilitySeconds: 6,
        // The net that catches lost messages is to have nothing to do.
        stallSeconds: 120,
      },
      load: rounds.map((round) => async (run) => {
        if (run.observed.kills.length < kills) await inOrder(request(round), settle)(run);
      }),
      nemesis: [killLeads(points, kills)],
      checks: [
        killedAtEachPoint(kills, points),
        ofEachRequest((one) => [...allTasksEndWell(one), notQueuedAgain(one), repeatsAtOrigin(one, RECS)]),
        nothingLeft,
        // The killer spares messages that were delivered often: to die with an agent must not use one up.
        noDeadLetters,
      ],
    };
  };
}

export const leads: Scenario = {
  name: "leads",
  description: "200 agents are killed between the results of a lead and the messages of its followers.",
  parts: killLeadsAt(KILL_POINTS, 200),
};

export function killedAtEachPoint(kills: number, all: readonly KillPoint[]): Check {
  return (observed) => {
    const points = observed.kills.map(({ point }) => point);
    const each = kills >= 4 * all.length ? all : [];
    return rowOf("agents killed between a lead's results and its followers' messages", [
      ["agents", points.length, "=", kills],
      ...each.map((point): Expectation => [point, points.filter((it) => it === point).length, ">=", 1]),
    ]);
  };
}

function ofEachRequest(checks: (name: string) => readonly Check[]): Check {
  return (observed) =>
    [...observed.requests.keys()].flatMap((name) => checks(name).flatMap((check) => check(observed)));
}
