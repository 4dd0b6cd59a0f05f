// A direct run whose process dies at each of its writes, and is resumed.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { RunStore } from "../../cli/direct/store/run-store.ts";
import { WorkQueue } from "../../cli/direct/work-queue.ts";
import { toArray } from "../../domain/collections.ts";
import { LISTS } from "../../domain/plan/lists.ts";
import { recOf } from "../../domain/pops/sites.ts";
import { type Edge, startEdge } from "../../tools/edge/edge.ts";
import { firstPops } from "../../tools/local/world.ts";
import { type DirectWorld, directRun, filesOf, requestOf } from "./direct-run.ts";
import { trust } from "./pipeline.ts";

const DOMAIN = "d111111abcdef8.cloudfront.net";
const SITE = "https://www.example.com";
const POPS = firstPops(3).map(({ pop }) => pop);
const OWN = [{ id: "E1", domain: DOMAIN, aliases: [new URL(SITE).host] }];
const PATHS = ["/0", "/1", "/2"];
const SECRETS = ["header-secret", "variant-secret"];
const BODY = {
  url_list: [...PATHS, "/missing"].map((path) => SITE + path),
  header: [`X-Key: ${SECRETS[0]}`],
  variants: [{ name: "one", header: [`X-Variant: ${SECRETS[1]}`] }],
  cf_domain: DOMAIN,
  pops: POPS,
  target_type: "pop",
  timeout: 60,
  instance_count: 1,
};

let edge: Edge;
let untrust: () => void;
beforeAll(async () => {
  edge = await startEdge({
    distributions: [{ domain: DOMAIN, aliases: [new URL(SITE).host] }],
    pops: POPS.map((pop) => ({ pop, rec: recOf(pop) ?? "none" })),
    site: Object.fromEntries(PATHS.map((path) => [path, { size: 1_000 }])),
    firstAddress: "127.79.20.1",
  });
  untrust = trust(edge.caPem);
});
afterAll(async () => {
  untrust();
  await edge.close();
});

const WRITES = ["save", "putTargets", "putHeartbeat", "write", "put", "join", "delete", "redact"] as const;

/** A store of a process that dies at one of its writes: that one and all later ones do not happen. @param at counted from 0 */
function dyingStore(root: string, at: number) {
  const store = new RunStore(root);
  const done: string[] = [];
  const guarded =
    <A extends unknown[], R>(name: string, write: (...args: A) => R) =>
    (...args: A): R => {
      if (done.length >= at) throw new Error("died");
      done.push(name);
      return write(...args);
    };
  for (const name of WRITES) Object.assign(store, { [name]: guarded(name, store[name].bind(store) as () => unknown) });
  const journal = store.journal.bind(store);
  store.journal = (reqId) => {
    const it = journal(reqId);
    it.append = guarded("append", it.append.bind(it));
    return it;
  };
  return { store, done };
}

/** Begins a run in a process that dies, and goes on with it in another one. */
async function runAndResume(world: DirectWorld, at: number) {
  const root = mkdtempSync(join(tmpdir(), "prewarm-crash-"));
  try {
    const store = new RunStore(root);
    const { item, urls } = requestOf(BODY, world);
    await store.create(item, BODY);
    await store.write(LISTS.urls, item.req_id, urls);
    const dying = dyingStore(root, at);
    await directRun(world, dying.store, item)
      .run()
      .catch(() => undefined);
    const left = await store.get(item.req_id);
    if (left?.active !== undefined) await directRun(world, store, left).run();
    const ended = await store.get(item.req_id);
    const results = await toArray(store.journal(item.req_id).newestFirst());
    const files = filesOf(root, item.req_id);
    return {
      writes: dying.done,
      ended: { status: ended?.status, tasks: ended?.total_count, failed: ended?.failed_count, active: ended?.active },
      tasks: new Set(results.map(({ pop, url, ok }) => `${pop} ${url} ${ok}`)),
      // A task that was downloaded again has a second line.
      results: files.get(`${item.req_id}/results.jsonl`)?.toString().trim().split("\n").length,
      secrets: SECRETS.filter((secret) => [...files.values()].some((file) => file.includes(secret))),
    };
  } finally {
    rmSync(root, { recursive: true });
  }
}

test("a direct run that dies at any of its writes ends, resumed, as one that nothing disturbed, and keeps no secret", async () => {
  const world: DirectWorld = { edge, dead: [], own: OWN };
  const whole = await runAndResume(world, Number.POSITIVE_INFINITY);
  expect(whole.ended).toMatchObject({ status: "FINISHED", tasks: 9, active: undefined });
  expect(whole).toMatchObject({ results: 9, secrets: [] });
  expect(whole.writes).toEqual(expect.arrayContaining(["append", "save", "putTargets", "putHeartbeat", "redact"]));
  const all = await Promise.all(whole.writes.map((_, at) => runAndResume(world, at)));
  const { writes: _, ...same } = whole;
  for (const [at, { writes: __, ...resumed }] of all.entries()) expect({ at, ...resumed }).toEqual({ at, ...same });
});

test("tasks whose lead is lost in each round are requested without a lead in the last one", async () => {
  const receive = WorkQueue.prototype.receive;
  // Lost for good: it is deleted, and nobody works on it.
  const lossy = vi.spyOn(WorkQueue.prototype, "receive").mockImplementation(async function (this: WorkQueue, ...args) {
    const messages = await receive.apply(this, args);
    const lost = messages.filter(({ body }) => body.includes('"followers":[{') && body.includes(`${SITE}/1"`));
    for (const { receipt } of lost) await this.delete(receipt);
    return messages.filter((it) => !lost.includes(it));
  });
  onTestFinished(() => lossy.mockRestore());
  const { ended, results } = await Promise.race([
    runAndResume({ edge, dead: [], own: OWN }, Number.POSITIVE_INFINITY),
    // A queue that is idle while the requeue is saved wakes nobody later.
    sleep(20_000, { ended: { status: "it does not end" }, results: 0 }),
  ]);
  expect({ ...ended, results }).toMatchObject({ status: "FINISHED", tasks: 9, failed: 0, results: 9 });
});
