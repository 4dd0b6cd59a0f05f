import { popsUnder } from "../../local/world.ts";
import { notDelayed } from "../check/load.ts";
import { nothingLeft } from "../check/tasks.ts";
import { atOrigin } from "../load/edge.ts";
import { bootInstances, fleetIsGone } from "../load/fleet.ts";
import { request, start, stop, until, wait } from "../load/requests.ts";
import { slowDownloads } from "../nemesis/downloads.ts";
import { inOrder, type Scenario } from "../scenario.ts";
import { filesOf } from "../world/world.ts";
import { popsOfOneRec } from "./downloads.ts";

const AGENTS = 2;
/** Slow links make the large request last without work for the processor. */
const LINK_BYTES_PER_SECOND = 6_000_000;
/** What the rest of the large request lasts at least, once the small one is sent. */
const REST_SECONDS = 120;

export const fair: Scenario = {
  name: "fair",
  description: "50 tasks are sent while a large request, of large files or of many small ones, has two minutes left.",
  parts: (scale) => {
    const pops = popsOfOneRec(50);
    const names = pops.map(({ pop }) => pop);
    const large = filesOf("large", 4, 30_000_000);
    // So large that the links are full with as few tasks a second as the emulator can count on a busy machine.
    const small = filesOf("small", 400, 200_000);
    const quick = filesOf("quick", 10, 100_000);
    const body = { verify: "off", instance_count: AGENTS };
    const fifty = (name: string) => request({ name, paths: Object.keys(quick), pops: names.slice(0, 5), body });
    const others = [
      { name: "large files", paths: Object.keys(large), pops: names.slice(0, scale.of(16)) },
      { name: "many small files", paths: Object.keys(small), pops: names.slice(0, scale.of(25)) },
    ];
    return {
      world: {
        edge: { pops, site: { ...large, ...small, ...quick } },
        links: { bytesPerSecond: LINK_BYTES_PER_SECOND },
        stallSeconds: 900,
      },
      load: [
        // Agents that have nothing else to do, and have started to ask the queue.
        bootInstances(AGENTS),
        wait(3),
        fifty("alone"),
        ...others.map(({ name, ...which }) =>
          inOrder(
            start({ name, ...which, body }),
            // All of it is queued, and the agents have as much as they take.
            until(name, ({ progress }) => progress.status === "IN_PROGRESS" && progress.download_size > 0),
            fifty(`among ${name}`),
            stop(name),
            fleetIsGone,
          ),
        ),
      ],
      checks: [
        ...others.map(({ name }) =>
          notDelayed({
            alone: ["alone"],
            beside: [`among ${name}`],
            other: name,
            factor: 3,
            bytesLeft: REST_SECONDS * scale.value * AGENTS * LINK_BYTES_PER_SECOND,
          }),
        ),
        nothingLeft,
      ],
    };
  },
};

const OTHER_HOST = "other.example.com";
const HOLD = "/hold.bin";
const HOLD_BYTES = 20_000_000;
const ROUNDS = 3;
const FLEET = 4;
/** How long the first request is at work before the second comes. */
const HEAD_START_SECONDS = 10;
/**
 * Each download of the second request takes two seconds at its POP. What is asked is whether it has to wait for the
 * first; with answers that come at once, the processor that all parts share here would be what both wait for.
 */
const SECOND = { bytes: 10_000, bytesPerSecond: 5_000 };

/** What runs beside the second request: one whose origin refuses, and one whose origin may be asked little. */
const FIRSTS = [
  { name: "a request whose origin refuses above 30/s", urls: 500, limit: { perSecond: 30 }, body: {} },
  {
    name: "a request with 10 requests/s",
    urls: 120,
    limit: undefined,
    body: { origin: { requests_per_second: 10 } },
  },
] as const;

/** Runs of the second request. Each has new URLs, which no cache has. */
function runsOf(what: string, count: number, urls: number) {
  return Array.from({ length: count }, (_, n) => ({
    name: `${what} (${n})`,
    files: filesOf(`${what.replaceAll(/\W+/g, "-")}-${n}`, urls, SECOND.bytes),
  }));
}
type Run = ReturnType<typeof runsOf>[number];

export const second: Scenario = {
  name: "second",
  description: "A request to another origin runs alone, and beside one that has to wait for its own origin.",
  parts: (scale) => {
    const pops = popsUnder(12, 2);
    const names = pops.map(({ pop }) => pop);
    const urls = scale.of(80, 20);
    const warmUp = runsOf("to warm up", 1, urls);
    const firsts = FIRSTS.map((it) => ({
      ...it,
      files: filesOf(`first-${it.urls}`, it.urls, 5_000),
      alone: runsOf(`alone, before ${it.name}`, ROUNDS, urls),
      beside: runsOf(`beside ${it.name}`, ROUNDS, urls),
    }));
    const files = [...warmUp, ...firsts, ...firsts.flatMap(({ alone, beside }) => [...alone, ...beside])];
    const body = { instance_count: FLEET };
    const inTurn = (runs: readonly Run[]) =>
      inOrder(
        ...runs.flatMap((run) => {
          const paths = Object.keys(run.files);
          return [
            slowDownloads(paths, SECOND.bytesPerSecond),
            request({ name: run.name, host: OTHER_HOST, paths, body }),
          ];
        }),
      );
    return {
      world: {
        edge: {
          pops,
          site: Object.assign({ [HOLD]: { size: HOLD_BYTES } }, ...files.map((it) => it.files)),
          others: [{ aliases: [OTHER_HOST], origin: {} }],
        },
      },
      load: [
        // So slow that it holds the agents all the time: alone, the second request is not to wait for them to boot.
        slowDownloads([HOLD], HOLD_BYTES / 3_600),
        start({ name: "hold", paths: [HOLD], pops: names.slice(0, 1), body: { ...body, verify: "off" } }),
        bootInstances(FLEET),
        inTurn(warmUp),
        ...firsts.map(({ name, limit, ...first }) =>
          inOrder(
            inTurn(first.alone),
            atOrigin(limit === undefined ? {} : { limit }),
            start({
              name,
              paths: Object.keys(first.files),
              pops: names.slice(0, 12),
              body: { ...body, ...first.body },
            }),
            until(name, ({ progress }) => progress.download_count > 0),
            wait(HEAD_START_SECONDS),
            inTurn(first.beside),
            stop(name, FLEET),
          ),
        ),
        stop("hold"),
      ],
      checks: firsts.map(({ name, alone, beside }) =>
        notDelayed({
          alone: alone.map((it) => it.name),
          beside: beside.map((it) => it.name),
          other: name,
          factor: 1.2,
        }),
      ),
    };
  },
};
