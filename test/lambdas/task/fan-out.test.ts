import { describe, expect, it } from "vitest";
import { fanOutGroups } from "../../../domain/plan/target.ts";
import { keysEvent, LABEL, request } from "../items.ts";
import { CHECK_POP, ROWS, run, TASKS, tasksOf, world } from "./world.ts";

describe("a READY target", () => {
  it("has its tasks queued; the last one moves the request on", async () => {
    const w = world();
    await w.handle(CHECK_POP);
    await w.handle(keysEvent({ req_id: "r1", target: `SIN2-P1#${LABEL}` }));
    expect(w.requests.the()).toMatchObject({ status: "INSERT_TASK", targets_sent: 1 });
    expect(w.queue.messages).toEqual(
      ROWS.map(([url, bytes]) => ({
        req_id: "r1",
        pop: "SIN2-P1",
        ips: ["192.0.2.1", "192.0.2.2"],
        header: [],
        shards: 1,
        verify: "edge",
        host: "cdn.example.com",
        urls: [{ url, bytes: Number(bytes) }],
      })),
    );
    await w.handle(keysEvent({ req_id: "r1", target: `FRA56-P4#${LABEL}` }));
    expect(w.requests.the()).toMatchObject({ status: "IN_PROGRESS", targets_sent: 2 });
    expect(tasksOf(w)).toEqual(TASKS);
    expect(w.states()).toMatchObject({ "SIN2-P1": "SENT", "FRA56-P4": "SENT" });
  });

  it("has messages as large as its instances can share, whatever its shards are", async () => {
    const w = world();
    await w.handle(CHECK_POP);
    // 64 messages for each of three instances: two URLs a message.
    w.requests.items.set("r1", { ...w.requests.the(), total_count: 64 * 3 * 2, instance_count: 3, shards: 7 });
    await w.handle(keysEvent({ req_id: "r1", target: `SIN2-P1#${LABEL}` }));
    expect(w.queue.messages.map(({ urls, shards }) => [urls.length, shards])).toEqual([[2, 7]]);
  });

  it.each([
    ["the express queue, if there are few", ROWS, "express"],
    ["the main lane, if a size is unknown", [["https://cdn.example.com/a", ""]], "main"],
    ["the main lane, if they are large", [["https://cdn.example.com/a", "5000000001"]], "main"],
  ])("has its tasks queued in %s", async (_, rows, lane) => {
    const w = await run(world({ rows }));
    expect([w.requests.the().lane, ...w.queue.usedLanes]).toEqual([lane, lane]);
  });

  it.each(["lead-first", "all-at-once"] as const)(
    "%s: has the URLs that are wanted there, and no others",
    async (order) => {
      const [a, b, c] = ["a", "b", "c"].map((name) => `https://cdn.example.com/${name}`);
      const rows = [
        [a ?? "", "10", "", "", "01"],
        [b ?? "", "5", "", "7", "06"],
        [c ?? "", "1"],
      ];
      const w = await run(world({ rows, item: { order } }));
      expect(w.requests.the()).toMatchObject({
        status: "IN_PROGRESS",
        total_count: 4,
        total_size: 10 + 5 + 2,
        tasks_per_target: { [LABEL]: 1 },
      });
      const own = [...w.requestPops.items.values()].map(({ pop, own_tasks }) => [pop, own_tasks]);
      expect(Object.fromEntries(own)).toEqual({ "SIN2-P1": 1, "FRA56-P4": 1, "XXX1-P1": undefined });
      expect(tasksOf(w).toSorted()).toEqual(
        [`FRA56-P4 ${b}`, `FRA56-P4 ${c}`, `SIN2-P1 ${a}`, `SIN2-P1 ${c}`].toSorted(),
      );
      // What only the list says travels with no message.
      const sent: typeof w.queue.messages = JSON.parse(JSON.stringify(w.queue.messages));
      const keys = sent.flatMap(({ urls }) => urls.flatMap(Object.keys));
      expect(new Set(keys)).toEqual(new Set(["url", "bytes"]));
    },
  );

  it("that is called for twice is queued once", async () => {
    const w = await run(world());
    await w.handle(keysEvent({ req_id: "r1", target: `SIN2-P1#${LABEL}` }));
    expect(tasksOf(w)).toEqual(TASKS);
    expect(w.requests.the().targets_sent).toBe(2);
  });

  it.each([`XXX1-P1#${LABEL}`, "SIN2-P1#unknown"])("%s is none: nothing is queued", async (target) => {
    const w = world();
    await w.handle(CHECK_POP);
    await w.handle(keysEvent({ req_id: "r1", target }));
    expect(w.queue.messages).toEqual([]);
    expect(w.requests.the()).toMatchObject({ status: "INSERT_TASK", targets_sent: 0 });
  });

  it("of a request that ends meanwhile has no more of its tasks queued", async () => {
    const rows = Array.from({ length: 3_000 }, (_, i) => [`https://cdn.example.com/${i}`, "20000000"]);
    const w: ReturnType<typeof world> = world({
      rows,
      fault: (call) => {
        if (call === "requests.isActive") w.requests.items.set("r1", request({ status: "STOPPED", active: undefined }));
        return undefined;
      },
    });
    await w.handle(CHECK_POP);
    await w.handle(keysEvent({ req_id: "r1", target: `SIN2-P1#${LABEL}` }));
    expect(w.queue.messages).toHaveLength(999);
  });

  it("of a request that has ended is not queued", async () => {
    const w = world();
    await w.handle(CHECK_POP);
    await w.requests.end("r1", "STOP");
    await w.handle(keysEvent({ req_id: "r1", target: `SIN2-P1#${LABEL}` }));
    expect(w.queue.messages).toEqual([]);
  });
});

describe("a READY target of a lead-first request", () => {
  const pops = ["NRT57-P3", "KIX50-C1", "FRA56-P4"];
  const hosts = Object.fromEntries(pops.map((pop, i) => [`${LABEL}.${pop}.cloudfront.net`, [`192.0.2.${i}`]]));
  const rows = Array.from({ length: 20 }, (_, i) => [`https://cdn.example.com/${i}`, "10"]);
  const lines = ({ queue: { messages } }: ReturnType<typeof world>) =>
    messages.flatMap(({ pop, followers = [], urls }) =>
      urls.map(({ url }) => [pop, ...followers.map((it) => it.pop), url]),
    );

  it("has the tasks queued that it leads, each with those that wait for it", async () => {
    const w = await run(world({ item: { order: "lead-first", pops }, hosts, rows }));
    const tokyo = lines(w).filter((line) => line.length === 3);
    const frankfurt = lines(w).filter((line) => line.length === 2);
    expect(frankfurt).toEqual(rows.map(([url]) => ["FRA56-P4", url]));
    expect(tokyo.map((line) => line.at(-1)).toSorted()).toEqual(rows.map(([url]) => url).toSorted());
    expect(new Set(tokyo.map(([lead, follower]) => `${lead} ${follower}`))).toEqual(
      new Set(["NRT57-P3 KIX50-C1", "KIX50-C1 NRT57-P3"]),
    );
    expect(w.requests.the()).toMatchObject({ status: "IN_PROGRESS", targets_sent: 3, total_count: 60 });
    expect(w.queue.messages.find(({ pop }) => pop === "NRT57-P3")?.followers).toEqual([
      { pop: "KIX50-C1", ips: ["192.0.2.1"] },
    ]);
  });

  it("has all of its tasks queued where the order is all-at-once", async () => {
    const w = await run(world({ item: { order: "all-at-once", pops }, hosts, rows }));
    expect(lines(w).toSorted()).toEqual(pops.flatMap((pop) => rows.map(([url]) => [pop, url])).toSorted());
  });

  it("that leads nothing is SENT all the same", async () => {
    const w = await run(
      world({ item: { order: "lead-first", pops: pops.slice(0, 2) }, hosts, rows: rows.slice(0, 1) }),
    );
    expect(w.queue.messages).toHaveLength(1);
    expect(w.requests.the()).toMatchObject({ status: "IN_PROGRESS", targets_sent: 2 });
  });
});

describe("the targets of one REC", () => {
  const pops = Array.from({ length: 24 }, (_, i) => `${["NRT", "KIX", "FRA"][i % 3]}${i + 1}-P1`);
  const hosts = Object.fromEntries(pops.map((pop, i) => [`${LABEL}.${pop}.cloudfront.net`, [`192.0.2.${i}`]]));
  const ready = (w: ReturnType<typeof world>) => Object.values(w.states()).filter((state) => state === "READY").length;

  it.each(["lead-first", "all-at-once"] as const)(
    "%s: are fanned out together, with one read of the list",
    async (order) => {
      const w = world({ item: { order, pops }, hosts });
      await w.handle(CHECK_POP);
      // Tokyo and Frankfurt.
      expect(ready(w)).toBe(2);
      const before = w.calls.filter((call) => call === "lists.read").length;
      for (const { target, state } of [...w.requestPops.items.values()])
        if (state === "READY") await w.handle(keysEvent({ req_id: "r1", target }));
      expect(w.calls.filter((call) => call === "lists.read").length - before).toBe(2);
      expect(w.requests.the()).toMatchObject({ status: "IN_PROGRESS", targets_sent: 24 });
      expect(new Set(Object.values(w.states()))).toEqual(new Set(["SENT"]));
      const tasks = w.queue.messages.flatMap(({ pop, followers = [], urls }) =>
        [pop, ...followers.map((it) => it.pop)].flatMap((at) => urls.map(({ url }) => `${at} ${url}`)),
      );
      expect(tasks.toSorted()).toEqual(pops.flatMap((pop) => ROWS.map(([url]) => `${pop} ${url}`)).toSorted());
    },
  );

  it("of which some are SENT already are planned with them, and what these lead is not queued again", async () => {
    const w = world({ item: { order: "lead-first", pops }, hosts });
    await w.handle(CHECK_POP);
    const [first, ...others] = [...w.requestPops.items.values()].filter(({ pop }) => !pop.startsWith("FRA"));
    if (first === undefined) throw new Error("there is one");
    await w.requestPops.markSent("r1", [first]);
    const [last] = others.slice(-1);
    for (const { target, req_id } of others)
      w.requestPops.items.set(`${req_id}/${target}`, {
        ...(others.find((it) => it.target === target) ?? first),
        state: "READY",
      });
    // Not the first of them: each that is READY starts the group.
    await w.handle(keysEvent({ req_id: "r1", target: last?.target ?? "" }));
    expect(w.queue.messages.filter(({ pop }) => pop === first.pop)).toEqual([]);
    for (const { followers = [] } of w.queue.messages) expect(followers.map(({ pop }) => pop)).toContain(first.pop);
    expect(w.queue.messages.length).toBeGreaterThan(0);
    expect(others.map(({ target }) => w.states()[target.split("#")[0] ?? ""])).toEqual(others.map(() => "SENT"));
  });

  it("are all SENT in the end when another run marks one of them meanwhile", async () => {
    const w = world({ item: { order: "lead-first", pops }, hosts });
    await w.handle(CHECK_POP);
    const { send } = w.queue;
    const [first] = fanOutGroups(w.requests.the(), await w.requestPops.of("r1"));
    w.queue.send = async (...args) => {
      await send.apply(w.queue, args);
      await w.requestPops.markSent("r1", (first?.unsent ?? []).slice(1, 2));
    };
    await w.handle(keysEvent({ req_id: "r1", target: first?.unsent[0].target ?? "" }));
    expect(first?.targets.map(({ pop }) => w.states()[pop])).toEqual(first?.targets.map(() => "SENT"));
    expect(w.requests.the().targets_sent).toBe(first?.targets.length);
  });

  it("are several runs where each of them has very many tasks", async () => {
    const w = world({ item: { order: "all-at-once", pops }, hosts });
    await w.handle(CHECK_POP);
    const item = { ...w.requests.the(), tasks_per_target: { [LABEL]: 300_000 } };
    const sizes = fanOutGroups(item, await w.requestPops.of("r1")).map(({ targets }) => targets.length);
    expect(sizes).toEqual([3, 3, 3, 3, 3, 1, 3, 3, 2]);
  });
});
