import type { Edge } from "../../../tools/edge/edge.ts";
import type { Cut } from "../../../tools/edge/site.ts";
import { newEdge, open } from "./client.ts";

// Bodies that the origin breaks off, and what the edge keeps of them.

const SIZE = 600_000;
const AFTER = 200_000;

function cutEdge(cut: Partial<Cut>) {
  return newEdge({ site: { "/a.bin": { size: SIZE, cut: { after: AFTER, length: "stated", ...cut } } } });
}

/** What came, whether the body ended well, and what the head said. */
async function got(edge: Edge, plain = false) {
  const response = await open(edge, { plain });
  const { "content-length": length, "x-cache": xCache } = response.headers;
  let bytes = 0;
  const ended = await (async () => {
    for await (const chunk of response as AsyncIterable<Buffer>) bytes += chunk.length;
    return true;
  })().catch(() => false);
  return { bytes, ended, length, xCache: String(xCache).split(" ")[0] };
}

test.each([true, false])(
  "with Content-Length: broken off for the client too, and not kept, plain: %s",
  async (plain) => {
    const edge = await cutEdge({ length: "stated" });
    const broken = { bytes: AFTER, ended: false, length: String(SIZE), xCache: "Miss" };
    expect(await got(edge, plain)).toEqual(broken);
    expect(edge.holders("/a.bin")).toEqual([]);
    expect(await got(edge, plain)).toEqual(broken);
  },
);

test.each([true, false])("in chunks: broken off at first, then kept as if whole, plain: %s", async (plain) => {
  const edge = await cutEdge({ length: "chunked" });
  expect(await got(edge, plain)).toEqual({ bytes: AFTER, ended: false, length: undefined, xCache: "Miss" });
  const hit = { bytes: AFTER, ended: true, length: String(AFTER), xCache: "Hit" };
  expect(await got(edge, plain)).toEqual(hit);
  // What was broken off does not count for an admission.
  expect(edge.holders("/a.bin")).toHaveLength(1);
  expect(await got(edge, plain)).toEqual(hit);
  expect(edge.holders("/a.bin")).toHaveLength(2);
});

test("without any length: nobody can tell, and it is kept", async () => {
  const edge = await cutEdge({ length: "none" });
  expect(await got(edge)).toEqual({ bytes: AFTER, ended: true, length: undefined, xCache: "Miss" });
  expect(await got(edge)).toEqual({ bytes: AFTER, ended: true, length: String(AFTER), xCache: "Hit" });
});

test("only the first ones, if it is said so; probes never", async () => {
  const edge = await cutEdge({ times: 2 });
  const head = await open(edge, { method: "HEAD" });
  expect(head.headers["content-length"]).toBe(String(SIZE));
  expect([await got(edge), await got(edge), await got(edge)].map(({ ended }) => ended)).toEqual([false, false, true]);
  expect(await got(edge)).toMatchObject({ bytes: SIZE, xCache: "Hit" });
});
