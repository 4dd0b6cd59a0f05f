// What requests say of edges whose hits do not prove that an object is kept.
import type { Behaviour } from "../../../tools/edge/behaviour.ts";
import type { SiteObject } from "../../../tools/edge/site.ts";
import { FRANKFURT, HOST, SINGAPORE, TOKYO } from "../pipeline.ts";
import { type PipelineStack, pipelineStack } from "./stack.ts";

const POPS = [...TOKYO, ...FRANKFURT, ...SINGAPORE];
const RECS = { tokyo: TOKYO, frankfurt: FRANKFURT, singapore: SINGAPORE };
const SIZE = 2_000;
const NAMES = Array.from({ length: 8 }, (_, n) => `${n}.bin`);
const urlsUnder = (folder: string) => NAMES.map((name) => `https://${HOST}/${folder}/${name}`);

const behaviours: readonly Behaviour[] = [
  { path: "/no-age/*", age: "none" },
  { path: "/constant/*", age: 60 },
  { path: "/shared/*", collapsing: "false-layer" },
  { path: "/shared-aging/*", collapsing: "false-layer" },
];
const SITE: Readonly<Record<string, SiteObject>> = {
  "no-age": { size: SIZE },
  constant: { size: SIZE },
  shared: { size: SIZE, headers: { "cache-control": "no-store" } },
  "shared-aging": { size: SIZE, headers: { "cache-control": "no-store", age: "100" } },
  aging: { size: SIZE, headers: { age: "100" } },
};
const site = Object.fromEntries(
  Object.entries(SITE).flatMap(([folder, object]) => NAMES.map((name) => [`/${folder}/${name}`, object] as const)),
);

const body = (folder: string) => ({
  url_list: urlsUnder(folder),
  target_type: "pop",
  pops: POPS,
  timeout: 60,
  instance_count: 1,
  header: ["Accept: */*"],
});

/** Warms the objects of a folder, by so many requests at once. @returns the results of all of them */
async function warm(stack: PipelineStack, folder: string, requests = 1) {
  const ids = await Promise.all(Array.from({ length: requests }, () => stack.start(body(folder))));
  for (const id of ids) await stack.until(id, "FINISHED");
  const results = (await Promise.all(ids.map((id) => stack.taskResults(id)))).flat();
  expect(results).toHaveLength(requests * NAMES.length * POPS.length);
  return { results, progress: await stack.progress(ids[0] ?? "") };
}

describe("proofs", () => {
  const pops = Object.entries(RECS).flatMap(([rec, names]) => names.map((pop) => ({ pop, rec })));
  const stack = pipelineStack({ edge: { aliases: [HOST], pops, site, behaviours, origin: { delayMs: 300 } } });

  it.each([
    ["no-age", "carry no Age", "no_age"],
    ["constant", "always carry the same Age", "age_constant"],
    ["aging", "carry an Age that the origin sends", "origin_age"],
  ])("every task of %s is a hit with a warning, at an edge whose hits %s", async (folder, _, warning) => {
    const { results, progress } = await warm(stack, folder);
    const ends = new Set(results.map((it) => `${it.ok} ${it.outcome} ${it.warning}`));
    expect(ends).toEqual(new Set([`true hit ${warning}`]));
    expect(progress["failed_count"]).toBe(0);
    expect(progress["warnings"]).toMatchObject([{ code: warning, count: results.length }]);
  });

  it.each(["shared", "shared-aging"])(
    "no task of %s is warm, where three requests share the responses of objects that are never kept",
    async (folder) => {
      const { results } = await warm(stack, folder, 3);
      const { edge } = stack.standIn;
      expect(urlsUnder(folder).flatMap((url) => edge.holders(new URL(url).pathname))).toEqual([]);
      expect(results.filter(({ outcome }) => outcome === "warm")).toEqual([]);
    },
  );
});
