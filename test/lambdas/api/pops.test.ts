import { describe, expect, it } from "vitest";
import * as z from "zod";
import { popRowSchema } from "../../../domain/pops/list-pops.ts";
import { POP_CODES } from "../../../domain/pops/pop-codes.ts";
import { STAMP, world } from "./world.ts";

const answerSchema = z.strictObject({
  timestamp: z.string(),
  count: z.number(),
  pops: z.array(popRowSchema.strict()),
});

async function pops(query: Record<string, string> | null, w = world()) {
  const { status, body } = await w.call("GET /pops", undefined, query);
  expect(status).toBe(200);
  return answerSchema.parse(body);
}

describe("GET /pops", () => {
  it("lists the catalogue, with what is known of each and when it resolved here", async () => {
    const w = world();
    w.progress.resolved.set("SIN2-P1", Date.parse("2024-04-15T01:02:03.004Z"));
    const answer = await pops(null, w);
    expect(answer.timestamp).toBe(STAMP);
    expect(answer.count).toBe(POP_CODES.length);
    expect(answer.pops.map(({ code }) => code)).toEqual(POP_CODES.map(({ pop }) => pop));
    expect(answer.pops.find(({ code }) => code === "SIN2-P1")).toEqual({
      code: "SIN2-P1",
      city: "Singapore",
      country: "SG",
      regions: ["apac"],
      default_of: ["apac", "malaysia", "china", "indonesia", "philippines", "singapore", "thailand", "vietnam"],
      rec: "Singapore",
      rec_basis: "metro",
      latitude: 1.35,
      longitude: 103.99,
      basis: "listed",
      last_resolved_at: "2024-04-15 01:02:03.004000",
    });
    expect(answer.pops.filter(({ last_resolved_at }) => last_resolved_at !== null)).toHaveLength(1);
  });

  it("is of one country, by name or code, or of one region, or of both", async () => {
    const countries = async (query: Record<string, string>) => [
      ...new Set((await pops(query)).pops.map(({ country }) => country)),
    ];
    expect(await countries({ country: "south_korea" })).toEqual(["KR"]);
    expect(await countries({ country: " kr " })).toEqual(["KR"]);
    expect(await countries({ region: "JP" })).toEqual(["JP"]);
    expect(await countries({ region: "apac", country: "Japan" })).toEqual(["JP"]);
    expect(await countries({ region: "eu", country: "japan" })).toEqual([]);
    expect(await countries({ region: "au" })).toEqual(["NZ", "AU"]);
  });

  it("filters nothing by an empty value", async () => {
    expect((await pops({ country: "", region: " " })).count).toBe(POP_CODES.length);
  });

  it("has no row for a country whose sites have no known code", async () => {
    expect((await pops({ country: "qatar" })).pops).toEqual([]);
  });

  it("lists what resolved here though the catalogue lacks it, at its site if that is known", async () => {
    const w = world();
    w.progress.resolved.set("SIN99-P1", Date.now()).set("ABC12-P3", Date.now());
    const { pops: all } = await pops(null, w);
    expect(all[0]).toMatchObject({
      code: "ABC12-P3",
      basis: "here",
      city: null,
      country: null,
      regions: [],
      rec: null,
    });
    expect((await pops({ country: "sg" }, w)).pops.at(-1)).toMatchObject({
      code: "SIN99-P1",
      basis: "here",
      city: "Singapore",
    });
  });

  it("refuses filters that nothing is known by, with what is, all at once", async () => {
    const { status, body } = await world().call("GET /pops", undefined, { country: "atlantis", region: "europe" });
    expect(status).toBe(400);
    expect(body).toEqual({ status: "Failed", error_message: expect.any(String), timestamp: STAMP });
    expect(body["error_message"]).toMatch(
      /^country: unknown 'atlantis'; known: argentina, .*, vietnam; region: unknown 'europe'; known: apac, au, ca, cn, eu, jp, sa, us$/,
    );
  });

  it.each(["constructor", "__proto__", "x".repeat(5_000)])(
    "knows no region %j, and quotes little of it",
    async (region) => {
      const { status, body } = await world().call("GET /pops", undefined, { region });
      expect(status).toBe(400);
      expect(JSON.stringify(body).length).toBeLessThan(300);
    },
  );
});
