import { ask, inTurn, newEdge, seen } from "./client.ts";

test("the header has CloudFront's format", async () => {
  let now = Date.now();
  const edge = await newEdge({ now: () => now });
  const timing = async (pop = "SIN2-P1") => {
    const { headers } = await ask(edge, { pop });
    return String(headers["server-timing"])
      .replace(String(headers["x-amz-cf-id"]), "ID")
      .replaceAll(/dur=\d+/g, "dur=N");
  };
  const where = (pop: string) => `cdn-pop;desc="${pop}",cdn-rid;desc="ID"`;
  expect(await timing()).toBe(
    `cdn-upstream-layer;desc="REC",cdn-upstream-dns;dur=N,cdn-upstream-connect;dur=N,cdn-upstream-fbl;dur=N,cdn-cache-miss,${where("SIN2-P1")},cdn-downstream-fbl;dur=N`,
  );
  expect(await timing()).toBe(`cdn-cache-hit,${where("SIN2-P1")},cdn-hit-layer;desc="REC",cdn-downstream-fbl;dur=N`);
  expect(await timing()).toBe(`cdn-cache-hit,${where("SIN2-P1")},cdn-hit-layer;desc="EDGE",cdn-downstream-fbl;dur=N`);
  expect(await timing("BOM78-P1")).toBe(
    `cdn-cache-hit,${where("BOM78-P1")},cdn-hit-layer;desc="REC",cdn-downstream-fbl;dur=N`,
  );
  now += 86_400_000;
  expect(await timing()).toBe(`cdn-cache-refresh,${where("SIN2-P1")},cdn-downstream-fbl;dur=N`);
});

test("off: not in an error either", async () => {
  const edge = await newEdge({
    behaviours: [{ serverTiming: "off" }],
    faults: () => ({ kind: "status", status: 503 }),
  });
  expect(await seen(edge)).toBe("Error -");
});

test("a share of the answers, and always with the Pragma", async () => {
  const edge = await newEdge({ behaviours: [{ serverTiming: 25 }] });
  const eight = await inTurn(edge, ...Array.from({ length: 8 }, () => ({})));
  expect(eight.map((answer) => answer.split(" ")[1])).toEqual(["-", "-", "-", "EDGE", "-", "-", "-", "EDGE"]);
  const pragmas = ["server-timing", "no-cache, Server-Timing", "x-server-timing"];
  const got = await inTurn(edge, ...pragmas.map((pragma) => ({ headers: { pragma } })));
  expect(got).toEqual(["Hit EDGE", "Hit EDGE", "Hit -"]);
});
