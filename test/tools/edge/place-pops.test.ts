import { execFileSync } from "node:child_process";
import { aliasCommand, loopbackAddresses } from "../../../tools/edge/place-pops.ts";
import { ask, inTurn, newEdge } from "./client.ts";

// Several addresses of a POP: their caches, their names, and what each was asked.

const PATH = "/a.bin";

test("the addresses of a POP share a cache, unless each has its own", async () => {
  const edge = await newEdge({
    pops: [
      { pop: "SIN2-P1", rec: "singapore", addresses: 4 },
      { pop: "BOM78-P1", rec: "singapore", addresses: 3, caches: "own" },
    ],
  });
  const at = (pop: string) => edge.addressesOf(pop).map((address) => ({ pop, address }));
  const bombay = at("BOM78-P1");
  const got = await inTurn(edge, ...at("SIN2-P1"), ...bombay, ...bombay, ...bombay);
  expect(got).toEqual([
    ...["Miss origin", "Hit REC", "Hit EDGE", "Hit EDGE"],
    ...["Hit REC", "Hit REC", "Hit REC"],
    ...["Hit REC", "Hit REC", "Hit REC"],
    ...["Hit EDGE", "Hit EDGE", "Hit EDGE"],
  ]);
  expect(edge.originRequests()).toHaveLength(1);
});

test("each request at each address is remembered where that is wanted", async () => {
  const edge = await newEdge({
    pops: [{ pop: "SIN2-P1", rec: "singapore", addresses: 2, caches: "own" }],
    logPops: true,
  });
  const [one = "", other = ""] = edge.addressesOf("SIN2-P1");
  await ask(edge, { address: one });
  await ask(edge, { address: other });
  await ask(edge, { address: other });
  await ask(edge, { address: other, headers: { range: "bytes=0-0" } });
  const ofAll = { pop: "SIN2-P1", method: "GET", path: PATH, form: "", bytes: 10_000 };
  expect(edge.popRequests()).toMatchObject([
    { ...ofAll, address: one, status: 200, xCache: "Miss from cloudfront", source: "origin" },
    { ...ofAll, address: other, status: 200, xCache: "Hit from cloudfront", source: "rec" },
    { ...ofAll, address: other, status: 200, xCache: "Hit from cloudfront", source: "rec" },
    {
      ...ofAll,
      address: other,
      status: 206,
      xCache: "Hit from cloudfront",
      source: "pop",
      range: "bytes=0-0",
      bytes: 1,
    },
  ]);
});

test("holders() tells which caches have an object, whatever the answers say", async () => {
  const pops = [
    { pop: "SIN2-P1", rec: "singapore", addresses: 2, caches: "own" as const },
    { pop: "FRA56-P4", rec: "frankfurt" },
  ];
  const edge = await newEdge({ pops });
  const [, second = ""] = edge.addressesOf("SIN2-P1");
  expect(edge.holders(PATH)).toEqual([]);
  await inTurn(edge, { address: second }, { address: second });
  await ask(edge, { pop: "FRA56-P4", path: `${PATH}?v=1` });
  expect(edge.holders(PATH)).toEqual([
    { layer: "pop", pop: "SIN2-P1", address: second, form: "" },
    { layer: "rec", rec: "singapore", form: "" },
  ]);
});

test.each([
  ["one", ["127.77.0.9"], "127.77.0.9"],
  ["gaps", ["127.77.0.1", "127.77.0.2", "127.77.0.5", "127.77.1.6"], "127.77.0.{1..2} 127.77.0.5 127.77.1.6"],
  ["a range for each network", loopbackAddresses("127.77.0.1", 362), "127.77.0.{1..255} 127.77.1.{0..106}"],
])("addresses to add, %s: a shell that reads the line comes to them", (_, addresses, ranges) => {
  const line = aliasCommand(addresses);
  expect(line).toBe(`for a in ${ranges}; do sudo ifconfig lo0 alias $a up; done`);
  const shown = execFileSync("bash", ["-c", line.replace("sudo ifconfig lo0 alias $a up", "echo $a")], {
    encoding: "utf8",
  });
  expect(shown.trim().split("\n")).toEqual(addresses);
});
