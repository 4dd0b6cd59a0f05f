import { popsUnder } from "../../local/world.ts";
import { repeatsAtOrigin } from "../check/origin.ts";
import { allTasksEndWell, noDeadLetters, nothingLeft, notQueuedAgain } from "../check/tasks.ts";
import {
  type Check,
  type Expectation,
  inOrder,
  rowOf,
  type Scale,
  type Scenario,
  type ScenarioParts,
  type Step,
} from "../engine/scenario.ts";
import { request, settle } from "../load/requests.ts";
import { KILL_POINTS, type KillPoint, killLeads } from "../nemesis/lead-killer.ts";
import { filesOf } from "../world/world.ts";

const KILLS_PER_REQUEST = 20;
const RECS = 6;
const URLS = 24;

interface LeadScenario extends Pick<Scenario, "name" | "description"> {
  /** At scale 1. */
  readonly kills: number;
  readonly points: readonly KillPoint[];
}

/** Agents are killed between the results of a lead and the messages of its followers, in as many requests as it takes. */
export function killedLeads({ name, description, kills: wanted, points }: LeadScenario): Scenario {
  const parts = (scale: Scale): ScenarioParts => {
    const kills = scale.of(wanted, 2);
    // A request has a few kills at least.
    const rounds = Array.from({ length: Math.ceil(kills / 4) }, (_, n) => ({
      name: `round ${n}`,
      files: filesOf(`round-${n}`, URLS, 5_000),
      body: { instance_count: 4 },
      seconds: 300,
    }));
    return {
      world: {
        // So that fetches are on their way when an agent dies.
        edge: { pops: popsUnder(RECS, 5), behaviours: [{ collapsing: "off" }], origin: { delayMs: 100 } },
        proxied: "agents",
        links: {},
        // What a dead agent held comes back after this: the lab has not the patience of the deployed queue.
        visibilitySeconds: 6,
        // The net that catches lost messages is to have nothing to do.
        stallSeconds: 120,
      },
      load: rounds.map((round) => unlessKilled(kills, inOrder(request(round), settle))),
      nemesis: [killLeads({ count: kills, perRequest: KILLS_PER_REQUEST, points })],
      checks: [
        killedAtEachPoint(kills, points),
        ofEachRequest((one) => [...allTasksEndWell(one), notQueuedAgain(one), repeatsAtOrigin(one, RECS)]),
        nothingLeft,
        // The killer spares messages that were delivered often: to die with an agent must not use one up.
        noDeadLetters,
      ],
    };
  };
  return { name, description, parts };
}

export const leads = killedLeads({
  name: "leads",
  description: "200 agents are killed between the results of a lead and the messages of its followers.",
  kills: 200,
  points: KILL_POINTS,
});

/** A step that is left out once so many agents were killed. */
function unlessKilled(kills: number, step: Step): Step {
  return async (run) => {
    if (run.seen.kills.length < kills) await step(run);
  };
}

export function killedAtEachPoint(kills: number, all: readonly KillPoint[]): Check {
  return (seen) => {
    const points = seen.kills.map(({ point }) => point);
    const each = kills >= 4 * all.length ? all : [];
    return rowOf("agents killed between a lead's results and its followers' messages", [
      ["agents", points.length, "=", kills],
      ...each.map((point): Expectation => [point, points.filter((it) => it === point).length, ">=", 1]),
    ]);
  };
}

function ofEachRequest(checks: (name: string) => readonly Check[]): Check {
  return (seen) => [...seen.requests.keys()].flatMap((name) => checks(name).flatMap((check) => check(seen)));
}
