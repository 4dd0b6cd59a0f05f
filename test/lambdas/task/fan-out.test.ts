import { fanOutGroups } from "../../../domain/plan/target.ts";
import { times } from "../../collect.ts";
import { LABEL, request } from "../items.ts";
import { prepared, ROWS, run, TASKS, world } from "./world.ts";

const SIN = `SIN2-P1#${LABEL}`;

describe("a READY target", () => {
  it("has its tasks queued; the last one moves the request on", async () => {
    const w = await prepared();
    await w.fanOut(SIN);
    expect(w.requests.the()).toMatchObject({ status: "INSERT_TASK", targets_sent: 1 });
    expect(w.queue.messages).toEqual(
      ROWS.map(([url, bytes]) => ({
        req_id: "r1",
        pop: "SIN2-P1",
        ips: ["192.0.2.1", "192.0.2.2"],
        header: [],
        shards: 1,
        verify: "edge",
        downloads: "auto",
        scope: "pop",
        host: "cdn.example.com",
        urls: [{ url, bytes: Number(bytes) }],
      })),
    );
    await w.fanOut(`FRA56-P4#${LABEL}`);
    expect(w.requests.the()).toMatchObject({ status: "IN_PROGRESS", targets_sent: 2 });
    expect(w.tasks()).toEqual(TASKS);
    expect(w.states()).toMatchObject({ "SIN2-P1": "SENT", "FRA56-P4": "SENT" });
    // Its stream may call for it once more.
    await w.fanOut(SIN);
    expect([w.tasks(), w.requests.the().targets_sent]).toEqual([TASKS, 2]);
  });

  it("has messages as large as its instances can share, whatever its shards are", async () => {
    const w = await prepared();
    // 64 messages for each of three instances: two URLs a message.
    w.requests.set({ ...w.requests.the(), total_count: 64 * 3 * 2, instance_count: 3, shards: 7 });
    await w.fanOut(SIN);
    expect(w.queue.messages.map(({ urls, shards }) => [urls.length, shards])).toEqual([[2, 7]]);
  });

  it.each([
    ["express", "if there are few", ROWS],
    ["main", "if they are large", [["https://cdn.example.com/a", "5000000001"]]],
  ])("has its tasks queued in the %s queue %s", async (lane, _, rows) => {
    const { requests, queue } = await run(world({ rows }));
    expect([requests.the().lane, ...queue.usedLanes]).toEqual([lane, lane]);
  });

  it.each(["SIN2-P1#unknown"])("%s is none: nothing is queued", async (target) => {
    const w = await prepared();
    await w.fanOut(target);
    expect(w.queue.messages).toEqual([]);
    expect(w.requests.the()).toMatchObject({ status: "INSERT_TASK", targets_sent: 0 });
  });

  it("of a request that ends meanwhile has no more of its tasks queued, and of one that has ended none", async () => {
    const rows = times(3_000, (i) => [`https://cdn.example.com/${i}`, "20000000"]);
    const w = await prepared({ rows });
    w.before["requests.isActive"] = () => w.requests.set(request({ status: "STOPPED", active: undefined }));
    await w.fanOut(SIN);
    expect(w.queue.messages).toHaveLength(999);
    await w.fanOut(SIN);
    expect(w.queue.messages).toHaveLength(999);
  });
});

/** A request for these POPs, each of which has an address. */
const at = (pops: readonly string[], rows = ROWS) => ({
  item: { pops: [...pops] },
  hosts: Object.fromEntries(pops.map((pop, i) => [`${LABEL}.${pop}.cloudfront.net`, [`192.0.2.${i}`]])),
  rows,
});

const pops = ["NRT57-P3", "KIX50-C1", "FRA56-P4"];
const rows = times(20, (i) => [`https://cdn.example.com/${i}`, "10"]);

it("a READY target has the tasks queued that it leads, each with those that wait for it", async () => {
  const { queue, requests } = await run(world(at(pops, rows)));
  const led = queue.messages.flatMap(({ pop, followers = [], urls }) =>
    urls.map(({ url }) => ({ by: [pop, ...followers.map((it) => it.pop)].join(" "), url })),
  );
  const [frankfurt, tokyo] = [true, false].map((isAlone) => led.filter(({ by }) => (by === "FRA56-P4") === isAlone));
  const urls = rows.map(([url]) => url);
  expect(frankfurt?.map(({ url }) => url)).toEqual(urls);
  expect(tokyo?.map(({ url }) => url).toSorted()).toEqual(urls.toSorted());
  expect(new Set(tokyo?.map(({ by }) => by))).toEqual(new Set(["NRT57-P3 KIX50-C1", "KIX50-C1 NRT57-P3"]));
  expect(requests.the()).toMatchObject({ status: "IN_PROGRESS", targets_sent: 3, total_count: 60 });
  expect(queue.messages.find(({ pop }) => pop === "NRT57-P3")?.followers).toEqual([
    { pop: "KIX50-C1", ips: ["192.0.2.1"] },
  ]);
});

describe("the targets of one REC", () => {
  const pops = times(24, (i) => `${["NRT", "KIX", "FRA"][i % 3]}${i + 1}-P1`);
  const inTwoRecs = at(pops);

  it("are fanned out together, with one read of the list", async () => {
    const w = await prepared(inTwoRecs);
    // Tokyo and Frankfurt.
    expect(Object.values(w.states()).filter((state) => state === "READY")).toHaveLength(2);
    const before = w.times("lists.read");
    for (const { target, state } of w.requestPops.all()) if (state === "READY") await w.fanOut(target);
    expect(w.times("lists.read") - before).toBe(2);
    expect(w.requests.the()).toMatchObject({ status: "IN_PROGRESS", targets_sent: 24 });
    expect(new Set(Object.values(w.states()))).toEqual(new Set(["SENT"]));
    const tasks = w.queue.messages.flatMap(({ pop, followers = [], urls }) =>
      [pop, ...followers.map((it) => it.pop)].flatMap((at) => urls.map(({ url }) => `${at} ${url}`)),
    );
    expect(tasks.toSorted()).toEqual(pops.flatMap((pop) => ROWS.map(([url]) => `${pop} ${url}`)).toSorted());
  });

  it("are all SENT in the end when another run marks one of them meanwhile", async () => {
    const w = await prepared(inTwoRecs);
    const [first] = fanOutGroups(await w.requestPops.targets("r1"));
    const { send } = w.queue;
    w.queue.send = async (...args) => {
      await send.apply(w.queue, args);
      await w.requestPops.markSent("r1", (first?.unsent ?? []).slice(1, 2));
    };
    await w.fanOut(first?.unsent[0].target ?? "");
    expect(first?.targets.map(({ pop }) => w.states()[pop])).toEqual(first?.targets.map(() => "SENT"));
    expect(w.requests.the().targets_sent).toBe(first?.targets.length);
  });
});
