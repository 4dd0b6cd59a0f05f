// Which requests count until a POP's cache stores an object, and what forgets them.
import type { Policy } from "../../../tools/edge/behaviour.ts";
import type { Edge } from "../../../tools/edge/edge.ts";
import { type Asked, ask, inTurn, newEdge, open, seen } from "./client.ts";

const SIZE = 8_000_000;
const HEAD = { method: "HEAD" };
const RANGE = { range: "bytes=0-0" };

const atPop = (edge: Edge) => edge.holders("/a.bin").filter(({ layer }) => layer === "pop").length;

/** Leaves at the head of an answer whose body is too large for the sockets' buffers. */
async function leave(edge: Edge) {
  const answered = edge.popRequests().length;
  (await open(edge, {})).destroy();
  expect(edge.popRequests()).toHaveLength(answered + 1);
}

const asks = (...all: readonly Asked[]) => ({ before: (edge: Edge) => inTurn(edge, ...all) });
const COLLAPSED = { before: (edge: Edge) => Promise.all([seen(edge), seen(edge)]) };

// What comes before two whole GETs, and whether the POP has the object then: after none, one or both of them.
test.each<[what: string, admits: Policy["admits"], { before: (edge: Edge) => unknown }, kept: readonly number[]]>([
  ["nothing", {}, asks(), [0, 0, 1]],
  ["ranges do not count", {}, asks(RANGE, RANGE), [0, 0, 1]],
  ["ranges count", { ranges: true }, asks(RANGE, RANGE), [0, 1, 1]],
  ["HEADs do not count", {}, asks(HEAD, HEAD), [0, 0, 1]],
  ["HEADs count", { heads: true }, asks(HEAD, HEAD), [0, 1, 1]],
  ["HEADs do not count as ranges", { ranges: true }, asks({ ...HEAD, ...RANGE }), [0, 0, 1]],
  ["aborted GETs do not count", {}, { before: leave }, [0, 0, 1]],
  ["aborted GETs count", { aborted: true }, { before: leave }, [0, 1, 1]],
  ["collapsed GETs do not count", {}, COLLAPSED, [0, 1, 1]],
  ["collapsed GETs count", { collapsed: true }, COLLAPSED, [1, 1, 1]],
])("%s", async (_, admits, { before }, kept) => {
  const edge = await newEdge({
    site: { "/a.bin": { size: SIZE } },
    origin: { delayMs: 50 },
    behaviours: [{ admits }],
    logPops: true,
  });
  await before(edge);
  const got = [];
  for (let gets = 0; gets < kept.length; gets += 1) {
    if (gets > 0) await ask(edge);
    got.push(atPop(edge));
  }
  expect(got).toEqual(kept);
});

test("an aborted second GET does not fill the POP", async () => {
  const edge = await newEdge({ site: { "/a.bin": { size: SIZE } }, logPops: true });
  await ask(edge);
  await leave(edge);
  expect(await inTurn(edge, {}, {})).toEqual(["Hit REC", "Hit EDGE"]);
});

test("an invalidation forgets the first request, also one whose answer is being sent", async () => {
  const edge = await newEdge({ site: { "/a.bin": { size: SIZE } } });
  const THRICE = [{}, {}, {}];
  await ask(edge);
  edge.invalidate(["/b.bin"]);
  expect(await seen(edge)).toBe("Hit REC");
  expect(atPop(edge)).toBe(1);
  edge.invalidate(["/a.bin"]);
  await ask(edge);
  const second = await open(edge, {});
  edge.invalidate(["/a.bin"]);
  await second
    .resume()
    .toArray()
    .catch(() => []);
  expect(atPop(edge)).toBe(0);
  expect(await inTurn(edge, ...THRICE)).toEqual(["Miss origin", "Hit REC", "Hit EDGE"]);
});

test("an error does not count for the object that comes in its place", async () => {
  let now = 1_000_000;
  const edge = await newEdge({ now: () => now, site: {} });
  expect(await seen(edge)).toBe("Error origin");
  edge.addObject("/a.bin", { size: 10 });
  now += 10_000;
  expect(await inTurn(edge, {}, {}, {})).toEqual(["Miss origin", "Hit REC", "Hit EDGE"]);
});

test("an object that expired at the POP is refreshed there", async () => {
  let now = 1_000_000;
  const edge = await newEdge({ now: () => now });
  await inTurn(edge, {}, {});
  now += 86_400_000;
  expect(await inTurn(edge, {}, {})).toEqual(["RefreshHit refresh", "Hit EDGE"]);
});

test("a HEAD of an object that is fetched whole counts only where HEADs do", async () => {
  const asked = [HEAD, HEAD, {}];
  const edge = await newEdge({ behaviours: [{ heads: "kept" }] });
  expect(await inTurn(edge, ...asked)).toEqual(["Miss origin", "Hit REC", "Hit REC"]);
  expect(atPop(edge)).toBe(0);
  const other = await newEdge({ behaviours: [{ heads: "kept", admits: { heads: true } }], firstAddress: "127.77.9.1" });
  expect(await inTurn(other, ...asked)).toEqual(["Miss origin", "Hit REC", "Hit REC"]);
  expect(atPop(other)).toBe(1);
});
