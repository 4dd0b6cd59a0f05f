import { afterAll, beforeAll, describe, expect, onTestFinished, test, vi } from "vitest";
import { PopPools } from "../../../agent/download/pop-pools.ts";
import { type RunOptions, runTask } from "../../../agent/download/run-task.ts";
import { Cancellation } from "../../../agent/work/cancellation.ts";
import { NotATaskError } from "../../../agent/work/not-a-task.ts";
import { AddressRefusedError } from "../../../domain/net/addresses.ts";
import { popUrlKey, type TaskResult, taskKey, taskResultSchema } from "../../../domain/result/task-result.ts";
import { type Edge, startEdge } from "../../../tools/edge/edge.ts";
import type { Fault, FaultRequest } from "../../../tools/edge/faults.ts";
import { eventually } from "../deferred.ts";
import { taskMessage } from "../task-messages.ts";

vi.mock("../../../agent/download/timeouts.ts", async (original) => ({
  ...(await original<object>()),
  CONNECT_TIMEOUT_MS: 1_000,
  HEADERS_TIMEOUT_MS: 600,
  STALLED_BODY_TIMEOUT_MS: 600,
}));

const DOMAIN = "d111111abcdef8.cloudfront.net";
const ALIAS = "cdn.example.com";
const SIZE = 600_001;

let edge: Edge;
let pools: PopPools;
/** By path, so that tests may run side by side: what goes wrong with each request in turn, and what the edge saw. */
const faults = new Map<string, ((request: FaultRequest) => Fault | undefined)[]>();
const seen = new Map<string, FaultRequest[]>();

beforeAll(async () => {
  edge = await startEdge({
    distributions: [{ domain: DOMAIN, aliases: [ALIAS] }],
    pops: [
      { pop: "SIN2-P1", rec: "singapore", addresses: 2 },
      { pop: "FRA56-P4", rec: "frankfurt" },
    ],
    site: {},
    faults: (request) => {
      const requests = seen.get(request.path) ?? [];
      seen.set(request.path, [...requests, request]);
      return faults.get(request.path)?.[requests.length]?.(request);
    },
  });
  pools = new PopPools({ ca: edge.caPem, allowPrivateAddresses: true });
});
afterAll(async () => {
  await pools.destroy();
  await edge.close();
});

interface Run {
  readonly url: string;
  readonly message?: Parameters<typeof taskMessage>[0];
  readonly options?: Partial<RunOptions>;
}

/** Runs a task as the agent does. Every result is checked against what the table takes. */
async function run({ url, message, options }: Run): Promise<TaskResult> {
  const defaults = { pools, ports: { https: edge.httpsPort, http: edge.httpPort }, agent: "i-1", onBytes: () => {} };
  const result = await runTask(
    { ...defaults, ...options },
    taskMessage({ ips: [...edge.addressesOf("SIN2-P1")], ...message }),
    { url, bytes: null },
  );
  return taskResultSchema.strict().parse(result);
}

/** An object that is on the origin, whose first requests go wrong. */
function object(path: string, troubles: readonly (Fault | undefined)[] = [], size = SIZE): string {
  edge.addObject(path, { size });
  faults.set(
    path,
    troubles.map((fault) => () => fault),
  );
  return `https://www.example.com${path}`;
}

/** Which of the POP's two addresses was asked: 0 for the one that was asked first. */
const visited = (path: string) => {
  const addresses = (seen.get(path) ?? []).map(({ address }) => address);
  return addresses.map((address) => (address === addresses[0] ? 0 : 1));
};

describe("a good download", () => {
  test("is recorded with all that the edge said of it: first a miss, then a hit", async () => {
    const url = object("/recorded.bin");
    const popUrl = popUrlKey("SIN2-P1", url);
    const first = await run({ url });
    expect(first).toEqual({
      task_key: taskKey(first.req_id, popUrl, 4),
      pop_url: popUrl,
      req_id: taskMessage().req_id,
      pop: "SIN2-P1",
      url,
      ok: true,
      bytes: SIZE,
      http_status: 200,
      x_cache: "Miss from cloudfront",
      x_amz_cf_pop: "SIN2-P1",
      x_amz_cf_id: expect.stringMatching(/^\S{40,}$/),
      ms: expect.any(Number),
      attempts: 1,
      error: undefined,
      agent: "i-1",
      expire_at: expect.any(Number),
    });
    expect(first.expire_at).toBeGreaterThan(Date.now() / 1000 + 29 * 86_400);
    const second = await run({ url });
    expect(second).toMatchObject({ ok: true, bytes: SIZE, x_cache: "Hit from cloudfront" });
    expect(second.x_amz_cf_id).not.toBe(first.x_amz_cf_id);
    expect(edge.stats().originFetchesByPath["/recorded.bin"]).toBe(1);
  });

  test.each([0, 1, 262_144, 262_145, 3_000_001])("counts %i bytes exactly", async (size) => {
    const onBytes = vi.fn<(bytes: number) => void>();
    const result = await run({ url: object(`/${size}.bin`, [], size), options: { onBytes } });
    expect(result).toMatchObject({ ok: true, bytes: size });
    expect(onBytes.mock.calls.reduce((sum, [bytes]) => sum + bytes, 0)).toBe(size);
  });

  test("asks for the very path and query of the URL", async () => {
    const path = "/a%20b%28c%29/%E4%B8%AD?v=1&w=%28&x=a+b";
    object(path);
    expect(await run({ url: `https://www.example.com${path}` })).toMatchObject({ ok: true, bytes: SIZE });
    expect(visited(path)).toEqual([0]);
  });
});

describe("whom it asks, and as whom", () => {
  test("a POP's addresses in equal parts, and for each URL the same one first", async () => {
    const paths = Array.from({ length: 40 }, (_, i) => `/spread/${i}.bin`);
    const asked = (path: string) => (seen.get(path) ?? []).map(({ address }) => address);
    for (const path of paths) {
      const url = object(path, [], 10);
      await run({ url });
      await run({ url });
      expect(new Set(asked(path)).size, path).toBe(1);
    }
    const [one = "", two = ""] = edge.addressesOf("SIN2-P1");
    for (const address of [one, two]) {
      const share = paths.filter((path) => asked(path)[0] === address).length;
      expect(share).toBeGreaterThan(10);
    }
  });

  test("the distribution by its own name or an alias, whatever the URL's host is", async () => {
    const url = object("/names.bin");
    for (const cf_domain of [DOMAIN, ALIAS])
      expect(await run({ url, message: { cf_domain } })).toMatchObject({ ok: true });
    expect(seen.get("/names.bin")?.map(({ headers }) => headers.host)).toEqual([DOMAIN, ALIAS]);
  });

  test("a name that the edge does not serve is refused there", async () => {
    const url = object("/others.bin");
    expect(await run({ url, message: { cf_domain: "d999.cloudfront.net" } })).toMatchObject({
      ...{ ok: false, http_status: 403, error: "HTTP 403", attempts: 1 },
    });
  });

  test("a server that cannot prove that name is told nothing", async () => {
    const url = object("/secret.bin");
    const result = await run({ url, message: { cf_domain: "www.example.org" } });
    expect(result).toMatchObject({
      ok: false,
      attempts: 3,
      error: expect.stringContaining("ERR_TLS_CERT_ALTNAME_INVALID"),
    });
    expect(result).toMatchObject({ bytes: 0, http_status: undefined, x_amz_cf_pop: undefined });
    expect(visited("/secret.bin")).toEqual([]);
  });

  test("an authority that nobody trusts proves nothing", async () => {
    const url = object("/untrusted.bin");
    const strict = new PopPools({ allowPrivateAddresses: true });
    const result = await run({ url, options: { pools: strict } });
    expect(result).toMatchObject({ ok: false, error: expect.stringMatching(/SELF_SIGNED|UNABLE_TO_VERIFY/) });
    expect(visited("/untrusted.bin")).toEqual([]);
    await strict.destroy();
  });

  test("http URLs without TLS", async () => {
    object("/plain.bin");
    expect(await run({ url: "http://www.example.com/plain.bin" })).toMatchObject({ ok: true, bytes: SIZE });
  });

  test("the URL's own port, which Host has and the certificate has not", async () => {
    object("/port.bin");
    const host = `${ALIAS}:${edge.httpsPort}`;
    const result = await run({
      url: `https://${host}/port.bin`,
      message: { cf_domain: host },
      options: { ports: { https: 1, http: 1 } },
    });
    expect(result).toMatchObject({ ok: true, bytes: SIZE });
    expect(seen.get("/port.bin")?.[0]?.headers.host).toBe(host);
  });

  test("with the request's headers, but for those that are not a caller's to set", async () => {
    const url = object("/headers.bin");
    const header = ["X-Token: a: b ", "accept-encoding: br", "Host: evil.example", "Content-Length: 5", "no header"];
    expect(await run({ url, message: { header } })).toMatchObject({ ok: true });
    const headers = seen.get("/headers.bin")?.[0]?.headers;
    expect(headers).toEqual({
      ...{ host: DOMAIN, "user-agent": "prewarm" },
      ...{ "x-token": "a: b", "accept-encoding": "br" },
    });
  });
});

describe("what is no task, whoever tries", () => {
  test.each(["", "no URL", "/path", "https://", "ftp://www.example.com/a", "http:// bad/", "javascript:1"])(
    "the URL %j",
    async (url) => {
      await expect(run({ url })).rejects.toThrow(new NotATaskError("a url is not an http(s) URL"));
    },
  );

  test.each(["a b", "a\r\nx-evil: 1", "b\u00fccher.example"])("the host %j", async (cf_domain) => {
    const url = object("/poison.bin");
    await expect(run({ url, message: { cf_domain } })).rejects.toThrow(new NotATaskError("cf_domain is not a host"));
    expect(visited("/poison.bin")).toEqual([]);
  });
});

describe("an address that is not public", () => {
  const guarded = async (ips: readonly string[], path: string) => {
    const strict = new PopPools({ ca: edge.caPem });
    onTestFinished(() => strict.destroy());
    const url = object(path);
    return run({ url, message: { ips: [...ips] }, options: { pools: strict } });
  };
  const refused = (error: string) => ({ ok: false, attempts: 0, bytes: 0, http_status: undefined, error });

  test("is never asked, and the task's failure says which it was", async () => {
    const [ip = ""] = edge.addressesOf("SIN2-P1");
    const error = `${ip} is a private or reserved address, which is refused`;
    // Behind a good one too: that one is not asked either.
    for (const ips of [[ip], ["192.0.2.1", ip]]) {
      expect(await guarded(ips, "/private.bin")).toMatchObject(refused(error));
    }
    expect(visited("/private.bin")).toEqual([]);
  });

  test.each(["169.254.169.254", "10.0.0.1", "::1", "::ffff:127.0.0.1", "fd00:ec2::254"])("%s", async (ip) => {
    const error = `${ip} is a private or reserved address, which is refused`;
    expect(await guarded([ip], "/inside.bin")).toMatchObject(refused(error));
  });

  test("a name in its place is not looked up", async () => {
    expect(await guarded(["localhost"], "/name.bin")).toMatchObject(refused("'localhost' is not an IP address"));
  });

  test("gets no connections either, whoever asks for them", () => {
    const endpoint = { secure: false, address: "127.0.0.1", port: edge.httpPort, servername: ALIAS };
    expect(() => new PopPools().of(endpoint)).toThrow(AddressRefusedError);
  });
});

describe.concurrent("what ends at once", () => {
  const redirect = { kind: "status", status: 301, headers: { location: "https://elsewhere.example/b" } } as const;
  const cases: readonly [name: string, fault: Fault, result: Partial<TaskResult>][] = [
    ["403", { kind: "status", status: 403 }, { http_status: 403, error: "HTTP 403", bytes: 4 }],
    ["404", { kind: "status", status: 404 }, { http_status: 404, error: "HTTP 404" }],
    ["429", { kind: "status", status: 429 }, { http_status: 429, error: "HTTP 429" }],
    ["a redirect", redirect, { http_status: 301, error: "HTTP 301: redirects to https://elsewhere.example/b" }],
  ];

  test.each(cases)("%s", async (name, fault, expected) => {
    const path = `/final-${encodeURIComponent(name)}.bin`;
    const result = await run({ url: object(path, [fault, fault, fault]) });
    expect(result).toMatchObject({ ok: false, attempts: 1, ...expected });
    expect(visited(path)).toEqual([0]);
  });

  test("an object that is not there", async () => {
    const result = await run({ url: "https://www.example.com/missing.bin" });
    expect(result).toMatchObject({ ok: false, attempts: 1, http_status: 404, x_cache: "Error from cloudfront" });
  });
});

describe.concurrent("what is tried again, on the POP's next address", () => {
  const busy = { kind: "status", status: 503 } as const;
  const good = { ok: true, bytes: SIZE, http_status: 200, error: undefined };
  const other = { kind: "otherPop", pop: "FRA56-P4" } as const;
  const otherError = "answered by FRA56-P4 instead of SIN2-P1";
  const reset = { kind: "reset", after: 1_000 } as const;
  const cases: readonly [name: string, faults: readonly Fault[], attempts: number, result: object][] = [
    ["one 500", [{ kind: "status", status: 500 }], 2, good],
    ["two 503", [busy, busy], 3, good],
    ["503 for ever", [busy, busy, busy, busy], 3, { ok: false, http_status: 503, error: "HTTP 503" }],
    ["a body cut short", [{ kind: "truncate", after: 400_000 }], 2, good],
    ["a body of which nothing comes", [{ kind: "truncate", after: 0 }], 2, good],
    ["a reset", [reset], 2, good],
    ["resets", [reset, reset, reset], 3, { ok: false, error: expect.stringMatching(/ECONNRESET/) }],
    ["a promise of more than comes", [{ kind: "lie", contentLengthDelta: 7 }], 2, good],
    ["another POP's answer", [other], 2, good],
    [
      "nobody but another POP",
      [other, other, other],
      3,
      { ok: false, bytes: SIZE, error: otherError, x_amz_cf_pop: "FRA56-P4" },
    ],
    ["silence", [{ kind: "stall" }], 2, good],
    ["silence in the middle", [{ kind: "stall", after: 300_000 }], 2, good],
    [
      "one fault after the other, and then what is final",
      [busy, { kind: "status", status: 404 }],
      2,
      { ok: false, error: "HTTP 404" },
    ],
  ];

  test.each(cases)("%s", async (name, troubles, attempts, expected) => {
    const path = `/retried-${encodeURIComponent(name)}.bin`;
    const begun = performance.now();
    const result = await run({ url: object(path, troubles) });
    const took = performance.now() - begun;
    expect(result).toMatchObject({ attempts, ...expected });
    expect(visited(path)).toEqual([0, 1, 0].slice(0, attempts));
    expect(result.ms).toBeLessThanOrEqual(Math.ceil(took));
    // The pauses between attempts: at least 100 and 200 ms.
    expect(result.ms).toBeGreaterThanOrEqual([0, 95, 290][attempts - 1] ?? 0);
    expect(took).toBeLessThan(10_000);
  });

  test("an address where nobody listens", async () => {
    const url = object("/refused.bin");
    const [address = ""] = edge.addressesOf("SIN2-P1");
    // In one order or the other, it comes to the dead one first.
    const orders = [
      ["127.99.0.1", address],
      [address, "127.99.0.1"],
    ];
    const results = [];
    for (const ips of orders) results.push(await run({ url, message: { ips } }));
    expect(results).toMatchObject([good, good]);
    expect(results.map(({ attempts }) => attempts).toSorted()).toEqual([1, 2]);
    expect(await run({ url, message: { ips: ["127.99.0.1"] } })).toMatchObject({
      ...{ ok: false, attempts: 3, bytes: 0, error: expect.stringContaining("ECONNREFUSED") },
    });
  });

  test("a body longer than was promised is good as promised, and spoils no other", async () => {
    const path = "/short-promise.bin";
    const url = object(path, [{ kind: "lie", contentLengthDelta: -7 }]);
    expect(await run({ url })).toMatchObject({ ok: true, attempts: 1, bytes: SIZE - 7 });
    expect(await run({ url })).toMatchObject({ ok: true, attempts: 1, bytes: SIZE });
  });
});

test("what is cancelled is cut off, and not tried again", async () => {
  const path = "/cancelled.bin";
  const url = object(path, [{ kind: "stall", after: 1_000 }]);
  const cancellation = new Cancellation();
  const task = runTask(
    {
      pools,
      ports: { https: edge.httpsPort, http: edge.httpPort },
      agent: "i-1",
      onBytes: () => cancellation.cancel(),
    },
    taskMessage({ ips: [...edge.addressesOf("SIN2-P1")] }),
    { url, bytes: null },
    cancellation,
  );
  expect(await task).toMatchObject({ ok: false, attempts: 1, error: "CANCELLED: the request has ended" });
  expect(visited(path)).toHaveLength(1);
});

test("once the pools are destroyed, what runs is cut off and nothing begins", async () => {
  const own = new PopPools({ ca: edge.caPem, allowPrivateAddresses: true });
  const path = "/destroyed.bin";
  const url = object(path, [{ kind: "slow", ms: 10_000 }]);
  const running = run({ url, options: { pools: own } });
  await eventually(() => visited(path)).toEqual([0]);
  const cut = expect(running).rejects.toThrow("the agent has stopped");
  await own.destroy();
  await cut;
  await expect(run({ url, options: { pools: own } })).rejects.toThrow("the agent has stopped");
  expect(visited(path)).toEqual([0]);
});
