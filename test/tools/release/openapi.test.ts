// The description of the API: linters have nothing against it, and its examples are true.
import { createConfig, lint } from "@redocly/openapi-core";
import * as z from "zod";
import { EXAMPLE_ID } from "../../../domain/api/answer-fields.ts";
import { ANSWERS } from "../../../domain/api/answers.ts";
import { DEFAULT_CAPS } from "../../../domain/request/caps.ts";
import { bodyDigest } from "../../../domain/request/client-token.ts";
import type { RequestItem } from "../../../domain/request/request-item.ts";
import { parseTimestamp } from "../../../domain/timestamps.ts";
import { instancesBodySchema, prewarmBodySchema } from "../../../domain/validation/bodies.ts";
import { checkPrewarmRequest } from "../../../domain/validation/prewarm-request.ts";
import { routes } from "../../../lambdas/api/handler.ts";
import { problemWith } from "../../../tools/local/api-client.ts";
import { ROOT } from "../../../tools/local/paths.ts";
import { OPERATIONS, startBodySchema } from "../../../tools/release/operations.ts";
import { times } from "../../collect.ts";
import { BODY, READ_KEY_ID, refusalOf, STAMP, world } from "../../lambdas/api/world.ts";
import { request } from "../../lambdas/items.ts";
import { readiness } from "../../readiness.ts";
import { useVirtualClock } from "../../virtual-clock.ts";

useVirtualClock();

test("every route is described, and every description is of a route", () => {
  expect(Object.keys(OPERATIONS).sort()).toEqual(Object.keys(routes).sort());
  expect(Object.keys(ANSWERS).sort()).toEqual(Object.keys(routes).sort());
});

test("Redocly has nothing against the description", async () => {
  const examples = { "no-invalid-schema-examples": "error", "no-invalid-media-type-examples": "error" } as const;
  const config = await createConfig({ extends: ["recommended"], rules: examples });
  expect(await lint({ ref: `${ROOT}docs/openapi.json`, config })).toEqual([]);
});

describe("examples", () => {
  const answers = Object.entries(ANSWERS).flatMap(([route, byStatus]) =>
    Object.entries(byStatus).map(([status, schema]) => ({ route, status: Number(status), schema })),
  );

  test.each(answers)("of $route $status", ({ route, status, schema }) => {
    const [method = "", path = ""] = route.split(" ");
    for (const body of z.array(z.unknown()).min(1).parse(schema.meta()?.["examples"]))
      expect(problemWith({ method, path, status, body })).toBeUndefined();
  });

  test.each(Object.entries(OPERATIONS["POST /prewarm"].body?.examples ?? {}))("of a body: %s", (_name, { value }) => {
    const before = request({ timeout_at: "2024-04-16 03:40:21.405000", header_count: 0, variant_names: [] });
    const retried = "retry_of" in value ? before : undefined;
    const rules = { reqId: "r", now: Date.now(), caps: DEFAULT_CAPS, retried };
    expect(() => checkPrewarmRequest(value, rules)).not.toThrow();
    expect(() => startBodySchema.parse(value)).not.toThrow();
  });

  test.each(Object.entries(OPERATIONS["POST /instances"].body?.examples ?? {}))("of a body: %s", (_name, { value }) => {
    expect(() => instancesBodySchema.parse(value)).not.toThrow();
  });

  test.each(Object.entries(OPERATIONS))("of each error of %s", (route, { errors }) => {
    const described = answers.filter((it) => it.route === route).map(({ status }) => status);
    expect([200, ...Object.keys(errors).map(Number)].sort()).toEqual(described.sort());
  });
});

test("a retry may have the fields that the code takes", () => {
  const retried = request({ timeout_at: "2024-04-16 03:40:21.405000", header_count: 0, variant_names: [] });
  const rules = { reqId: "r", now: Date.now(), caps: DEFAULT_CAPS, retried };
  const examples = Object.values(OPERATIONS["POST /prewarm"].body?.examples ?? {}).map(({ value }) => value);
  const { variants: _, ...fields } = Object.assign({ skip_uncached: true }, ...examples, { retry_of: "r1" });
  for (const [name, value] of Object.entries(fields)) {
    const body = { retry_of: "r1", [name]: value };
    const isTaken = startBodySchema.safeParse(body).success;
    const check = expect(() => checkPrewarmRequest(body, rules), name);
    isTaken ? check.not.toThrow() : check.toThrow();
  }
});

test("what a parameter may be is what its route takes", async () => {
  const { call } = world();
  const said = (name: string) => OPERATIONS["GET /requests"].parameters?.find((it) => it.name === name)?.schema ?? {};
  const { minimum, maximum } = z.object({ minimum: z.number(), maximum: z.number() }).parse(said("limit"));
  const statusOf = async (route: string, query: Record<string, string>) => (await call(route, undefined, query)).status;
  for (const limit of [minimum, maximum]) expect(await statusOf("GET /requests", { limit: `${limit}` })).toBe(200);
  for (const limit of [minimum - 1, maximum + 1])
    expect(await statusOf("GET /requests", { limit: `${limit}` })).toBe(400);
  for (const status of z.array(z.string()).parse(said("status")["enum"]))
    expect(await statusOf("GET /requests", { status })).toBe(200);
  const region = OPERATIONS["GET /pops"].parameters?.find(({ name }) => name === "region")?.schema["enum"];
  for (const name of z.array(z.string()).parse(region)) expect(await statusOf("GET /pops", { region: name })).toBe(200);
});

const ID = { req_id: EXAMPLE_ID };
const ENDED = request({ ...ID, status: "FINISHED", active: undefined, pops: ["ATL56-C1"] });
const ACTIVE = request({ ...ID, status: "IN_PROGRESS", active: "y" });
const STOPPED = request({ ...ID, status: "STOPPED", active: undefined });

type World = ReturnType<typeof world>;
const RETRY = { retry_of: EXAMPLE_ID };
const REPORTED = { ...ENDED, report: "report.csv" };
const GOOD = { ...REPORTED, total_count: 1, download_count: 1, readiness: readiness() };
const TOKEN = { ...BODY, client_token: "t" };
const SOURCED: Pick<RequestItem, "sources"> = {
  sources: [{ type: "sitemap", url: "https://www.example.com/sitemap.xml" }],
};
const CREATING = { req_id: "e059b77b-e427-4489-a50b-4d8c652f114c" };

/** Those lists of the request that a retry reads. */
const keepLists = async ({ lists }: World) => {
  for (const key of [".csv", "/success_urls.csv", "/report.csv"])
    lists.objects[EXAMPLE_ID + key] = [["https://cdn.example.com/a", "1"]];
};
const claimOf = (digest: string) => (it: World) => it.tokens.claim("t", { ...ID, digest, at: parseTimestamp(STAMP) });

const withReadKey = async ({ useKey }: World) => useKey(READ_KEY_ID);

/** What causes the errors of the reference: a route, its body or its query, the requests that there are, and what was before. */
const CAUSES: readonly (readonly [
  route: string,
  sent?: Record<string, unknown>,
  items?: readonly RequestItem[],
  before?: (world: World) => Promise<unknown>,
])[] = [
  ["POST /prewarm", { ...BODY, url_list: ["ftp://x/y"] }],
  ["POST /prewarm", { ...BODY, instance_count: 30 }],
  ["POST /prewarm", BODY, times(20, (i) => request({ req_id: `r${i}`, active: "y" }))],
  ["POST /prewarm", TOKEN, [], claimOf(bodyDigest(prewarmBodySchema.parse(BODY)))],
  ["POST /prewarm", TOKEN, [], claimOf("another")],
  ["POST /prewarm", RETRY],
  ["POST /prewarm", RETRY, [ACTIVE]],
  ["POST /prewarm", RETRY, [STOPPED]],
  ["POST /prewarm", RETRY, [{ ...REPORTED, retried_by: CREATING.req_id }, request(CREATING)], keepLists],
  ["POST /prewarm", RETRY, [GOOD], keepLists],
  ["POST /prewarm", RETRY, [REPORTED]],
  ["POST /prewarm", RETRY, [{ ...REPORTED, header_count: 1 }], keepLists],
  ["POST /prewarm", BODY, [], withReadKey],
  ["POST /prewarm", BODY, [], async ({ useToday }) => useToday({ total_count: 0, transferred_bytes: 3e12 })],
  ["GET /prewarm"],
  ["GET /prewarm", ID],
  ["GET /prewarm", { ...ID, detail: "sent" }, [{ ...ACTIVE, ...SOURCED }]],
  ["GET /prewarm", { ...ID, detail: "sent" }, [{ ...ENDED, ...SOURCED }]],
  ["GET /prewarm", { ...ID, detail: "sent" }, [ENDED]],
  ["GET /summary"],
  ["GET /summary", ID],
  ["GET /summary", ID, [ACTIVE]],
  ["GET /summary", ID, [STOPPED], async ({ passTime }) => setTimeout(passTime, 1, 60_000)],
  ["GET /requests", { limit: "0" }],
  ["POST /instances", {}],
  ["POST /instances", { DesiredCapacity: 1 }, [], withReadKey],
  ["POST /instances", { ...ID, DesiredCapacity: 1 }],
  ["POST /instances", { ...ID, DesiredCapacity: 0, force_stop: true }, [ENDED]],
  ["GET /pops", { region: "europe" }],
];
test("the errors of the reference are what the routes return", async () => {
  const returned = CAUSES.map(async ([route, sent, items, before]) => {
    const it = world({ items });
    await before?.(it);
    const { call } = it;
    const query = z.record(z.string(), z.string()).safeParse(sent).data ?? null;
    const answer = await (route.startsWith("GET") ? call(route, undefined, query) : call(route, sent));
    return `${route} ${refusalOf(answer)}`;
  });
  const documented = Object.entries(OPERATIONS).flatMap(([route, { errors }]) =>
    Object.entries(errors).flatMap(([status, texts]) => texts.map(({ text }) => `${route} ${status} ${text}`)),
  );
  const expected = documented.filter((it) => !it.includes(" 500 "));
  expect((await Promise.all(returned)).sort()).toEqual(expected.sort());
});
