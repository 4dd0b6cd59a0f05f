import type { APIGatewayProxyEvent } from "aws-lambda";
import { instanceKind } from "../../../domain/cost/prices.ts";
import type { DistributionSettings } from "../../../domain/distribution/settings.ts";
import { hostOf } from "../../../domain/net/urls.ts";
import { type Caps, DEFAULT_CAPS } from "../../../domain/request/caps.ts";
import type { DailyUse } from "../../../domain/request/daily-use.ts";
import { type AccountDistribution, allowedDistributionsSchema } from "../../../domain/request/distributions.ts";
import type { RequestItem } from "../../../domain/request/request-item.ts";
import type { Count } from "../../../domain/result/count.ts";
import type { ApiDeps } from "../../../lambdas/api/deps.ts";
import { createHandler } from "../../../lambdas/api/handler.ts";
import type { SizeQuestion } from "../../../probe/size/measure-urls.ts";
import { problemWith } from "../../../tools/local/api-client.ts";
import { fakeResolver } from "../fakes/dns.ts";
import { FakeDistributions, FakeSettings } from "../fakes/services.ts";
import { fakeStores } from "../fakes/stores.ts";
import { type Fault, noteCalls } from "../noted-calls.ts";

const NOW = Date.parse("2024-04-16T03:12:21.046Z");

export const READ_KEY_ID = "read-key";

/** {@link NOW} as answers write it. */
export const STAMP = "2024-04-16 03:12:21.046000";
const URL_LIST = ["https://cdn.example.com/a.js", "https://cdn.example.com/b(1).js"];
/** Body of a POST /prewarm that is accepted. */
export const BODY = { url_list: URL_LIST, timeout: 5, instance_count: 3, pops: ["SIN2-C1", "ATL56-C1"] };

/** The world around the API: these requests, one instance, and what a test puts there. */
export function world({
  items = [] as readonly RequestItem[],
  own = [{ id: "E1", domain: "d1.cloudfront.net", aliases: ["cdn.example.com"] }] as readonly AccountDistribution[],
  /** What is special about how they are configured. */
  settings = {} as Partial<DistributionSettings>,
  /** Caps of the deployment that are not the default. */
  caps = {} as Partial<Caps>,
  /** The stack's list of distributions. */
  allowed = "*",
  fault = undefined as Fault | undefined,
} = {}) {
  const stores = fakeStores(...items);
  const { requests, lists, timer, fleet, logger } = stores;
  fleet.capacity = 1;
  const listing = new FakeDistributions(own);
  const configured = new FakeSettings(settings);
  const sampled: SizeQuestion[] = [];
  let ticks = 0;
  let keyId: string | null = null;
  let ids = 0;
  const noted = noteCalls<ApiDeps>(
    {
      ...stores,
      distributions: listing,
      settings: configured,
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
            if (problem !== undefined) return { url: form.url, problem, reason: "no_distribution" };
            sampled.push(form);
            return { size: size++ };
          });
        },
      }),
      sourceBuckets: ["media", "docs/site/*"],
      allowed: allowedDistributionsSchema.parse(allowed),
      readKeyId: READ_KEY_ID,
      timerTarget: { functionArn: "arn:shutdown", roleArn: "arn:role" },
      now: () => NOW + ticks,
      newId: () => (ids++ === 0 ? "new-id" : `new-id-${ids}`),
    },
    fault,
  );
  const handle = createHandler(noted.deps);
  const respond = (route: string, body?: unknown, query: Record<string, string> | null = null) => {
    const [httpMethod, resource] = route.split(" ");
    const text = body === undefined ? null : typeof body === "string" ? body : JSON.stringify(body);
    const event = {
      httpMethod,
      resource,
      path: resource,
      body: text,
      queryStringParameters: query,
      isBase64Encoded: false,
    };
    const requestContext = { requestId: "api-request-id", identity: { apiKeyId: keyId, sourceIp: "192.0.2.7" } };
    return handle({ ...event, requestContext } as unknown as APIGatewayProxyEvent);
  };
  const call = async (...args: Parameters<typeof respond>) => {
    const { headers, statusCode: status, body } = await respond(...args);
    expect(headers).toEqual({
      "content-type": "application/json",
      "cache-control": "no-store",
      "x-content-type-options": "nosniff",
    });
    const told = { status, body: JSON.parse(body) as Record<string, unknown> };
    const [method = "", path = ""] = args[0].split(" ");
    expect(problemWith({ method, path, ...told })).toBeUndefined();
    return told;
  };
  return {
    ...stores,
    errors: logger.errors,
    distributions: listing,
    settings: configured,
    ...noted,
    sampled,
    /** Milliseconds that the clock is ahead. */
    passTime: (ms: number) => {
      ticks += ms;
    },
    /** From now on, calls have the API key of this ID. */
    useKey: (id: string) => {
      keyId = id;
    },
    /** What other requests of the day count for the daily limits. */
    useToday: (use: DailyUse) => void requests.set({ req_id: "day 2024-04-16", ...use }),
    /** What the function gives to API Gateway. */
    respond,
    call,
    /** POST /prewarm with the body that is accepted, but for this. */
    post: (change: object = {}) => call("POST /prewarm", { ...BODY, ...change }),
    /** GET of a path for the request r1. */
    get: (path: string, query: Record<string, string> = {}) =>
      call(`GET /${path}`, undefined, { req_id: "r1", ...query }),
    /** What stands of requests that were started: {@link NOTHING} if none was. */
    made: () => ({
      requests: requests.all().map(({ req_id }) => req_id),
      lists: Object.keys(lists.objects),
      schedules: timer.schedules.size,
      capacity: fleet.capacity,
    }),
  };
}

export const NOTHING = { requests: [], lists: [], schedules: 0, capacity: 1 };

/** The status and the message of an answer that is no success. */
export function refusalOf({ status, body }: Awaited<ReturnType<ReturnType<typeof world>["call"]>>) {
  return `${status} ${body["error_message"] ?? body["message"]}`;
}

/** What of a count is told by itself: the rest stands in warnings. */
export function withoutWarnings(counted: Count) {
  const { no_age_count: _n, age_constant_count: _c, origin_age_count: _o, ...others } = counted;
  const { no_tier_count: _t, uncompressed_count: _u, size_changed_count: _s, ...told } = others;
  return told;
}
