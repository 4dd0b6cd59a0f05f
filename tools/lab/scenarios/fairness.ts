import { firstPops, popsUnder } from "../../local/world.ts";
import { notDelayed } from "../check/load.ts";
import { nothingLeft } from "../check/tasks.ts";
import { inOrder, type Scenario } from "../engine/scenario.ts";
import { atOrigin } from "../load/edge.ts";
import { bootInstances, fleetIsGone } from "../load/fleet.ts";
import { request, start, stop, until, wait } from "../load/requests.ts";
import { filesOf } from "../world/world.ts";

const AGENTS = 2;
/** Slow links make the large request last without work for the processor. */
const LINK_BYTES_PER_SECOND = 6_000_000;
/** What the rest of the large request lasts at least, once the small one is sent. */
const REST_SECONDS = 120;

export const fairness: Scenario = {
  name: "fairness",
  isSeeded: false,
  description: "50 tasks are sent while a large request, of large files or of many small ones, has two minutes left.",
  parts: (scale) => {
    const pops = firstPops(50, "LAB");
    const names = pops.map(({ pop }) => pop);
    const quick = filesOf("quick", 10, 100_000);
    const body = { verify: "off", instance_count: AGENTS };
    const fifty = (name: string) => request({ name, files: quick, pops: names.slice(0, 5), body });
    const others = [
      { name: "large files", files: filesOf("large", 4, 30_000_000), pops: names.slice(0, scale.of(16)) },
      // So large that the links are full with as few tasks a second as the emulator can count on a busy machine.
      { name: "many small files", files: filesOf("small", 400, 200_000), pops: names.slice(0, scale.of(25)) },
    ];
    return {
      world: { edge: { pops }, links: { bytesPerSecond: LINK_BYTES_PER_SECOND }, stallSeconds: 900 },
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
          notDelayed(name, {
            alone: ["alone"],
            beside: [`among ${name}`],
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
const HOLD_BYTES = 20_000_000;
const ROUNDS = 3;
const FLEET = 4;
/** How long the first request is at work before the second comes. */
const HEAD_START_SECONDS = 10;
/**
 * Each download of the second request takes five seconds at its POP. What is asked is whether it has to wait for the
 * first; with answers that come sooner, the processor that all parts share here would be what both wait for.
 */
const SECOND_BYTES = 10_000;
const SECOND_BYTES_PER_SECOND = 2_000;

/** What runs beside the second request: one whose origin refuses, and one whose origin may be asked little. */
const FIRSTS = [
  { name: "a request whose origin refuses above 30/s", urls: 500, settings: { limit: { perSecond: 30 } } },
  { name: "a request with 10 requests/s", urls: 120, settings: {}, origin: { requests_per_second: 10 } },
];

export const otherOrigin: Scenario = {
  name: "other-origin",
  isSeeded: false,
  description: "A request to another origin runs alone, and beside one that has to wait for its own origin.",
  parts: (scale) => {
    const pops = popsUnder(12, 2);
    const few = pops.slice(0, 12).map(({ pop }) => pop);
    const body = { instance_count: FLEET };
    const rounds = (what: string) => Array.from({ length: ROUNDS }, (_, n) => `${what} (${n})`);
    // Each time it has new URLs, which no cache has.
    const once = (name: string) =>
      request({
        name,
        host: OTHER_HOST,
        files: filesOf(name.replaceAll(/\W+/g, "-"), scale.of(30, 20), SECOND_BYTES),
        bytesPerSecond: SECOND_BYTES_PER_SECOND,
        body,
      });
    return {
      world: { edge: { pops, others: [{ aliases: [OTHER_HOST], origin: {} }] } },
      load: [
        // So slow that it holds the agents all the time: alone, the second request is not to wait for them to boot.
        start({
          name: "hold",
          files: filesOf("hold", 1, HOLD_BYTES),
          bytesPerSecond: HOLD_BYTES / 3_600,
          pops: few.slice(0, 1),
          body,
        }),
        bootInstances(FLEET),
        once("to warm up"),
        ...FIRSTS.map(({ name, urls, settings, origin }) =>
          inOrder(
            ...rounds(`alone, before ${name}`).map(once),
            atOrigin(settings),
            start({ name, files: filesOf(`first-${urls}`, urls, 5_000), pops: few, body: { ...body, origin } }),
            until(name, ({ progress }) => progress.download_count > 0),
            wait(HEAD_START_SECONDS),
            ...rounds(`beside ${name}`).map(once),
            stop(name, FLEET),
          ),
        ),
        stop("hold"),
      ],
      checks: [
        ...FIRSTS.map(({ name }) =>
          notDelayed(name, { alone: rounds(`alone, before ${name}`), beside: rounds(`beside ${name}`), factor: 1.2 }),
        ),
        nothingLeft,
      ],
    };
  },
};
