import type { APIGatewayProxyEvent } from "aws-lambda";
import { expect } from "vitest";
import { instanceKind } from "../../../domain/cost/prices.ts";
import { hostOf } from "../../../domain/net/urls.ts";
import { type Caps, DEFAULT_CAPS } from "../../../domain/request/caps.ts";
import { allowedDistributionsSchema, type OwnDistribution } from "../../../domain/request/distributions.ts";
import { timingsOf } from "../../../domain/request/lifecycle.ts";
import type { ApiDeps } from "../../../lambdas/api/deps.ts";
import { createHandler } from "../../../lambdas/api/handler.ts";
import type { SizeQuestion } from "../../../probe/size/measure-urls.ts";
import { problemWith } from "../../../tools/local/api-client.ts";
import { FakeTokens } from "../fake-tokens.ts";
import { FakeDistributions } from "../fakes/distributions.ts";
import { fakeResolver } from "../fakes/dns.ts";
import { FakeFleet } from "../fakes/fleet.ts";
import { FakeLists } from "../fakes/lists.ts";
import { FakeProgress } from "../fakes/progress.ts";
import { FakeRequestPops } from "../fakes/request-pops.ts";
import { FakeRequests } from "../fakes/requests.ts";
import { FakeResults } from "../fakes/results.ts";
import { FakeTimer } from "../fakes/timer.ts";
import { type Fault, noteCalls } from "../noted-calls.ts";
import { silent } from "../silent.ts";

const NOW = Date.parse("2024-04-16T03:12:21.046Z");

/** {@link NOW} as answers write it. */
export const STAMP = "2024-04-16 03:12:21.046000";
const URL_LIST = ["https://cdn.example.com/a.js", "https://cdn.example.com/b(1).js"];
/** Body of a POST /prewarm that is accepted. */
export const BODY = { url_list: URL_LIST, timeout: 5, instance_count: 3, pops: ["SIN2-C1", "ATL56-C1"] };

/** The world around the API: nothing in it yet but one instance, and what a test puts there. */
export function world(
  fault?: Fault,
  own: readonly OwnDistribution[] = [],
  caps: Partial<Caps> = {},
  distributions = "*",
) {
  const requests = new FakeRequests();
  const fakes = {
    requests,
    requestPops: new FakeRequestPops(requests),
    results: new FakeResults(),
    lists: new FakeLists(),
    progress: new FakeProgress(),
    tokens: new FakeTokens(),
    fleet: new FakeFleet(1),
    timer: new FakeTimer(),
    distributions: new FakeDistributions(own),
  };
  const errors: unknown[][] = [];
  const warnings: unknown[][] = [];
  const sampled: SizeQuestion[] = [];
  let ticks = 0;
  let ids = 0;
  const { deps, calls } = noteCalls<ApiDeps>(
    {
      ...fakes,
      timings: timingsOf(),
      caps: { ...DEFAULT_CAPS, ...caps },
      kind: instanceKind(["c7gn.large"]),
      instanceTypes: ["c7gn.large"],
      deployment: { env_name: "blue", region: "eu-west-1", version: "1.2.3", private: false },
      dns: fakeResolver({ alias: async () => undefined }),
      ports: { httpsPort: 443, httpPort: 80 },
      loadProbes: async () => ({
        readSourcesFor: async (_, { urls }) => ({
          urls: [...urls, "https://cdn.example.com/found"],
          sources: [
            { type: "list", from: "https://cdn.example.com/list", documents: 3, urls: 1, left_out: {}, done: false },
          ],
          isAll: false,
          problem: undefined,
        }),
        sampleSizes: async ({ refused }, forms) => {
          let size = 1_000;
          return forms.map((form) => {
            const problem = refused?.get(hostOf(form.url));
            if (problem !== undefined) return { problem, reason: "no_distribution" };
            sampled.push(form);
            return { size: size++ };
          });
        },
      }),
      sourceBuckets: ["media", "docs/site/*"],
      allowed: allowedDistributionsSchema.parse(distributions),
      timerTarget: { functionArn: "arn:shutdown", roleArn: "arn:role" },
      logger: {
        ...silent,
        error: (...args: unknown[]) => errors.push(args),
        warn: (...args: unknown[]) => warnings.push(args),
      },
      now: () => NOW + ticks,
      newId: () => (ids++ === 0 ? "new-id" : `new-id-${ids}`),
    },
    fault,
  );
  const handle = createHandler(deps);
  const respond = (route: string, body?: unknown, query: Record<string, string> | null = null) => {
    const [httpMethod, resource] = route.split(" ");
    const text = body === undefined ? null : typeof body === "string" ? body : JSON.stringify(body);
    const event = { httpMethod, resource, body: text, queryStringParameters: query, isBase64Encoded: false };
    const requestContext = { requestId: "api-request-id" };
    return handle({ ...event, requestContext } as unknown as APIGatewayProxyEvent);
  };
  return {
    ...fakes,
    errors,
    warnings,
    calls,
    sampled,
    /** Milliseconds that the clock is ahead. */
    passTime: (ms: number) => {
      ticks += ms;
    },
    /** What the function gives to API Gateway. */
    respond,
    call: async (...args: Parameters<typeof respond>) => {
      const { headers, statusCode: status, body } = await respond(...args);
      expect(headers).toEqual({ "content-type": "application/json" });
      const told = { status, body: JSON.parse(body) as Record<string, unknown> };
      const [method = "", path = ""] = args[0].split(" ");
      expect(problemWith({ method, path, ...told })).toBeUndefined();
      return told;
    },
  };
}
