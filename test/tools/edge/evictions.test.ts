import { expect, test } from "vitest";
import { Evictions } from "../../../tools/edge/tier.ts";
import { ask, newEdge, seen } from "./client.ts";

test("lost between the first request and the second: once, or each time", async () => {
  const edge = await newEdge({
    site: { "/a.bin": { size: 9 }, "/b.bin": { size: 9 } },
    behaviours: [{ path: "/a.bin", evict: { after: 1, times: 1 } }, { evict: { after: 1 } }],
  });
  const three = async (path: string) => [
    await seen(edge, { path }),
    await seen(edge, { path }),
    await seen(edge, { path }),
  ];
  expect(await three("/a.bin")).toEqual(["Miss origin", "Hit REC", "Hit EDGE"]);
  expect(await three("/b.bin")).toEqual(["Miss origin", "Hit REC", "Hit REC"]);
});

test("lost after so many requests, ranges too", async () => {
  const edge = await newEdge({ behaviours: [{ evict: { after: 3 } }] });
  const got = [
    await seen(edge),
    await seen(edge),
    await seen(edge, { headers: { range: "bytes=0-0" } }),
    await seen(edge),
  ];
  expect(got).toEqual(["Miss origin", "Hit EDGE", "Hit EDGE", "Hit REC"]);
});

test("every key is counted for itself", () => {
  const evictions = new Evictions();
  const due = ["a", "b", "a", "b", "a", "a"].map((key) => evictions.isDue(key, { after: 2, times: 1 }));
  expect(due).toEqual([false, false, true, true, false, false]);
});

test("on demand: everywhere, at a POP, at an address, at a REC", async () => {
  const pops = [
    { pop: "SIN2-P1", rec: "singapore", addresses: 2, caches: "own" as const },
    { pop: "BOM78-P1", rec: "singapore", addresses: 2 },
  ];
  const edge = await newEdge({ pops });
  const [first = "", second = ""] = edge.addressesOf("SIN2-P1");
  const where = [{ address: first }, { address: second }, { pop: "BOM78-P1" }];
  const fill = async () => {
    for (const one of where) await ask(edge, one);
  };
  const look = async () => {
    const got: string[] = [];
    for (const one of where) got.push((await seen(edge, one)).split(" ")[1] ?? "");
    return got;
  };
  await fill();
  expect(edge.evict(["/a.bin"], { address: second })).toBe(1);
  expect(await look()).toEqual(["EDGE", "REC", "EDGE"]);
  expect(edge.evict(["/*"], { pop: "SIN2-P1" })).toBe(2);
  expect(await look()).toEqual(["REC", "REC", "EDGE"]);
  expect(edge.evict(["/a.bin"], { rec: "singapore" })).toBe(1);
  expect(await look()).toEqual(["EDGE", "EDGE", "EDGE"]);
  expect(edge.evict(["/a.bin"])).toBe(3);
  expect(await look()).toEqual(["origin", "REC", "REC"]);
  expect(edge.evict(["/b.bin"])).toBe(0);
});
