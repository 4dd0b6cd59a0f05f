import { SetQueueAttributesCommand } from "@aws-sdk/client-sqs";
import { GetCommand } from "@aws-sdk/lib-dynamodb";
import * as z from "zod";
import { aftermath } from "../faults/aftermath.ts";
import { figures, violations } from "../faults/invariants.ts";
import { seededRandom } from "../faults/random.ts";
import type { LabPart } from "../lab/part.ts";
import type { LocalPrewarm } from "../local/local-prewarm.ts";
import { KILL_POINTS, Killer } from "./killer.ts";
import { popsUnder } from "./pops-under.ts";
import { counted, firstOf, wantedRow } from "./wanted.ts";
import { bodyOf, startWarmthStack, urlOf, type WarmthStack } from "./warmth-stack.ts";

const KILLS = 200;
/** In one request: more would bring its messages to the dead letters. */
const KILLS_A_REQUEST = 20;
const AGENTS = 4;
const RECS = 6;
const POPS_EACH = 5;
const URLS = 24;
/** So that fetches are on their way when an agent dies. */
const ORIGIN_MS = 100;
/** What a dead agent held comes back after this: the lab has not the patience of the deployed queue. */
const VISIBILITY_SECONDS = 6;
/** Of one request. */
const PATIENCE_MS = 300_000;

/** Agents are killed between a lead's results and the messages of its followers. */
export const kills: LabPart = {
  name: "kills",
  async run(say, { scale }) {
    const seed = Date.now() % 1_000_000;
    const pops = popsUnder(RECS, POPS_EACH);
    const killer = new Killer({
      random: seededRandom(seed),
      kill: (instance) => {
        const pid = stack.prewarm.fleet.running().get(instance);
        return pid !== undefined && process.kill(pid, "SIGKILL");
      },
    });
    const stack: WarmthStack = await startWarmthStack({
      edge: { pops, site: {}, behaviours: [{ collapsing: "off" }], origin: { delayMs: ORIGIN_MS } },
      // The net that catches lost messages is to have nothing to do.
      stallSeconds: 120,
      onLaunch: async ({ id }) => ({
        AWS_ENDPOINT_URL: await killer.watch(id, stack.prewarm.aws.endpoint),
        VISIBILITY_SECONDS: String(VISIBILITY_SECONDS),
      }),
      say,
    });
    try {
      await setVisibility(stack.prewarm);
      const wanted = Math.max(1, Math.round(KILLS * scale));
      const rounds: Round[] = [];
      // A round in which nobody was killed would be followed by others like it.
      while (killer.kills.length < wanted && (rounds.at(-1)?.kills ?? 1) > 0) {
        killer.left = Math.min(KILLS_A_REQUEST, wanted - killer.kills.length);
        rounds.push(
          await round(
            stack,
            killer,
            pops.map(({ pop }) => pop),
            rounds.length,
          ),
        );
        say(`  ${killer.kills.length} of ${wanted} killed, ${JSON.stringify(rounds.at(-1))}`);
      }
      return rowsOf(rounds, killer, wanted, seed);
    } finally {
      await stack.close();
      await killer.close();
    }
  },
};

interface Round {
  readonly tasks: number;
  readonly kills: number;
  readonly lost: number;
  readonly countedTwice: number;
  readonly failed: number;
  readonly seconds: number;
  /** GETs of the origin beyond one for each URL and REC. */
  readonly beyond: number;
  /** What those who were killed were to ask of the origin, and had no result of. */
  readonly underWay: number;
  /** How often missing tasks were queued again: the net that catches what was lost. */
  readonly requeues: number;
  readonly violations: readonly string[];
}

async function round(stack: WarmthStack, killer: Killer, pops: readonly string[], n: number): Promise<Round> {
  const { edge, run, prewarm, api } = stack;
  const paths = Array.from({ length: URLS }, (_, i) => `/round-${n}/${i}.bin`);
  for (const path of paths) edge.addObject(path, { size: 5_000 });
  const before = { gets: edge.stats().originTaskGets, kills: killer.kills.length };
  const { reqId, progress, seconds } = await run(bodyOf(paths, pops, { instance_count: AGENTS }), PATIENCE_MS);
  const killed = killer.kills.slice(before.kills);
  killer.left = 0;
  const planned = new Set(pops.flatMap((pop) => paths.map((path) => `${pop} ${urlOf(path)}`)));
  const after = await aftermath(prewarm, api, reqId, planned);
  const { lost, countedTwice } = figures(after);
  return {
    tasks: planned.size,
    kills: killed.length,
    lost,
    countedTwice,
    failed: progress.failed_count,
    seconds: Math.round(seconds),
    beyond: edge.stats().originTaskGets - before.gets - paths.length * RECS,
    underWay: killed.reduce((sum, { underWay }) => sum + underWay, 0),
    requeues: await requeuesOf(prewarm, reqId),
    violations: violations(after),
  };
}

function rowsOf(rounds: readonly Round[], killer: Killer, wanted: number, seed: number) {
  const sum = (of: (round: Round) => number) => rounds.reduce((total, it) => total + of(it), 0);
  const wrong = rounds.flatMap((it) => it.violations);
  return [
    wantedRow(
      "agents killed between a lead's results and its followers' messages",
      `${wanted}, at each of ${KILL_POINTS.length} points`,
      `${killer.kills.length} in ${rounds.length} requests, seed ${seed}: ${counted(killer.kills.map(({ point }) => point))}`,
      [
        killer.kills.length === wanted,
        ...(wanted < 20 ? [] : KILL_POINTS.map((it) => killer.kills.some(({ point }) => point === it))),
      ],
    ),
    wantedRow(
      `${sum(({ tasks }) => tasks)} tasks`,
      "0 lost, 0 counted twice, 0 failed, and nothing caught by the net that queues again",
      `${sum(({ lost }) => lost)} lost, ${sum(({ countedTwice }) => countedTwice)} counted twice, ${sum(({ failed }) => failed)} failed, ${sum(({ requeues }) => requeues)} times queued again${wrong.length === 0 ? "" : `: ${firstOf(wrong)}`}`,
      rounds.flatMap((it) => [
        it.lost === 0,
        it.countedTwice === 0,
        it.failed === 0,
        it.requeues === 0,
        it.violations.length === 0,
      ]),
    ),
    wantedRow(
      "the origin's GETs beyond one for each URL and REC",
      "at most what the killed had under way, in each request",
      `${sum(({ beyond }) => beyond)} of ${sum(({ underWay }) => underWay)} under way`,
      rounds.map(({ beyond, underWay }) => beyond >= 0 && beyond <= underWay),
    ),
  ];
}

const requeuesSchema = z.object({ requeues: z.number().default(0) });

async function requeuesOf({ clients, deployed }: LocalPrewarm, reqId: string): Promise<number> {
  const TableName = deployed.resource("PrewarmStorageRequest", "AWS::DynamoDB::Table");
  const { Item } = await clients.db.send(new GetCommand({ TableName, Key: { req_id: reqId } }));
  return requeuesSchema.parse(Item).requeues;
}

async function setVisibility({ clients, deployed }: LocalPrewarm): Promise<void> {
  for (const queue of ["PrewarmTaskQueueTasks", "PrewarmTaskQueueExpress"]) {
    await clients.sqs.send(
      new SetQueueAttributesCommand({
        QueueUrl: deployed.resource(queue, "AWS::SQS::Queue"),
        Attributes: { VisibilityTimeout: String(VISIBILITY_SECONDS) },
      }),
    );
  }
}
