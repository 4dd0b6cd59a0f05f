// The Postman collection, run by newman against a server that answers with the description's own examples.
import { once } from "node:events";
import { createServer, type IncomingMessage } from "node:http";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { ANSWERS, GATEWAY_ANSWERS } from "../../../domain/api/answers.ts";
import { popProgressSchema, sampleSchema } from "../../../domain/api/detail-answers.ts";
import { ESTIMATE_EXAMPLE, estimatedSchema } from "../../../domain/api/started-answer.ts";
import { runCollection } from "../../../tools/description/run-collection.ts";
import { exampleOf } from "../../../tools/description/schemas.ts";
import { addressOf } from "../../../tools/local/ports.ts";

interface Answer {
  readonly status: number;
  readonly body: object;
}

/** Changes an answer of a route before it is sent. */
let change: (route: string, answer: Answer) => Answer = (_route, answer) => answer;
let keys: (string | undefined)[] = [];

const byRoute: ReadonlyMap<string, Readonly<Record<number, Parameters<typeof exampleOf>[0]>>> = new Map(
  Object.entries(ANSWERS),
);

function answerOf(route: string, query: URLSearchParams, body: string, key: string | undefined): Answer {
  if (key === undefined) return { status: 403, body: exampleOf(GATEWAY_ANSWERS[403]) };
  const [status, more] = special(query, body);
  const schema = byRoute.get(route)?.[status];
  if (schema === undefined) throw new Error(`nothing is described for ${route} ${status}`);
  return { status, body: { ...exampleOf(schema), ...more } };
}

/** Where the first example would not do. */
function special(query: URLSearchParams, body: string): [status: number, more?: object] {
  if (body.includes("ftp://")) return [400, { error_message: "url_list: no; timeout: no" }];
  if (body.includes("dry_run"))
    return [200, { ...exampleOf(estimatedSchema), estimate: { ...ESTIMATE_EXAMPLE, tasks: 1 } }];
  if (query.get("req_id") === "no-such") return [404];
  if (body.includes("force_stop")) return [409];
  if (query.get("detail") === "pops") return [200, { pops: [{ ...exampleOf(popProgressSchema), pop: "SIN2-P1" }] }];
  if (query.get("detail") === "failures") return [200, { failed_count: 0, failures: [] }];
  if (query.get("detail") === "samples") return [200, { samples: [exampleOf(sampleSchema)] }];
  return [200];
}

const server = createServer(async (from, to) => {
  const { pathname, searchParams } = new URL(from.url ?? "/", "http://localhost");
  const key = from.headers["x-api-key"]?.toString();
  keys.push(key);
  const route = `${from.method} ${pathname.replace("/prod", "")}`;
  const { status, body } = change(route, answerOf(route, searchParams, await textOf(from), key));
  to.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
});

async function textOf(message: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of message) chunks.push(chunk);
  return Buffer.concat(chunks).toString("utf8");
}

beforeAll(async () => {
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
});
afterAll(() => void server.close());
beforeEach(() => {
  change = (_route, answer) => answer;
  keys = [];
});

const run = () => runCollection({ endpoint: `http://127.0.0.1:${addressOf(server).port}/prod/`, key: "secret" });

test("every call and every check of it is good where the answers are as described", async () => {
  const { calls, assertions, failures } = await run();
  expect(failures).toEqual([]);
  expect(new Set(calls).size).toBe(calls.length);
  expect(assertions).toBeGreaterThan(2 * calls.length);
  expect(keys.filter((key) => key === undefined)).toHaveLength(1);
});

test("a request is asked for again until it has ended", async () => {
  let left = 2;
  change = (route, answer) => {
    if (route !== "GET /prewarm" || left === 0) return answer;
    left--;
    return { ...answer, body: { ...answer.body, status: "IN_PROGRESS" } };
  };
  const { calls, failures } = await run();
  expect(failures).toEqual([]);
  expect(calls.filter((name) => name === "Progress")).toHaveLength(3);
});

test("one that is not told is asked for once", async () => {
  const refused = { status: 404, body: exampleOf(ANSWERS["GET /prewarm"][404]) };
  change = (route, answer) => (route === "GET /prewarm" ? refused : answer);
  const { calls, failures } = await run();
  expect(failures).toEqual(expect.arrayContaining([expect.stringMatching(/^Progress: HTTP 200/)]));
  expect(calls.filter((name) => name === "Progress")).toHaveLength(1);
});

describe("what is not as described fails", () => {
  test.each<[what: string, route: string, change: (answer: Answer) => Answer, says: RegExp]>([
    ["a status", "GET /instances", (it) => ({ ...it, status: 500 }), /How many instances: HTTP 200/],
    ["a field of another type", "GET /pops", ({ status }) => ({ status, body: { count: "1" } }), /POPs of a country/],
    [
      "a field that is missing",
      "GET /summary",
      ({ status, body }) => ({ status, body: { ...body, failure_pops: undefined } }),
      /Summary: the body is as described/,
    ],
    [
      "a request that ended otherwise",
      "GET /prewarm",
      ({ status, body }) => ({ status, body: { ...body, status: "FAILED" } }),
      /Progress: it has ended, and every task has a result/,
    ],
  ])("%s", async (_what, of, wrong, says) => {
    change = (route, answer) => (route === of ? wrong(answer) : answer);
    expect((await run()).failures.join("\n")).toMatch(says);
  });
});
