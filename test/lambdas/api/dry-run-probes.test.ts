import type { RequestListener } from "node:http";
import type { Source } from "../../../domain/request/source.ts";
import { readSourcesFor, sampleSizes } from "../../../lambdas/api/dry-run-probes.ts";
import type { SizeQuestion } from "../../../probe/size/measure-urls.ts";
import { times } from "../../collect.ts";
import { serve } from "../../probe/size/server.ts";
import { useVirtualClock } from "../../virtual-clock.ts";
import { fakeResolver } from "../fakes/dns.ts";
import { request } from "../items.ts";

useVirtualClock({ idleMs: 2 });

const HOST = "cdn.example.com";
const at = (path: string) => `http://${HOST}/${path}`;

/** What a dry run asks with, where every name leads to a server that answers so. `names`: which were looked up. */
async function asking(listener: RequestListener, timeMs = 2_000) {
  const { port, seen } = await serve(listener);
  const names: string[] = [];
  const addresses = async (name: string) => {
    names.push(name);
    return ["127.0.0.1"];
  };
  const options = { dns: fakeResolver({ addresses }), ports: { httpsPort: port, httpPort: port }, timeMs };
  return { options, seen, names };
}

const LIST: Source = { type: "list", url: at("list") };
const says =
  (...lines: readonly string[]): RequestListener =>
  (_, answer) =>
    void answer.writeHead(200).end(lines.join("\n"));

async function read(listener: RequestListener, { urls = [at("own")], sources = [LIST], timeMs = 2_000 } = {}) {
  const { options } = await asking(listener, timeMs);
  const accountDistributions = [{ id: "E1", domain: "d1.cloudfront.net", aliases: [HOST] }];
  const item = request({ pops: ["SIN2-P1"], sources });
  return readSourcesFor({ ...options, caps: { maxTasks: 1_000 }, accountDistributions }, { item, urls });
}

it("sources of a dry run are read as Expand reads them: hosts of others are left out, the caller's own come first", async () => {
  expect(await read(says("/1", "/2", "http://other.example/3", "/own"))).toEqual({
    urls: ["own", "1", "2"].map(at),
    sources: [
      {
        type: "list",
        from: at("list"),
        documents: 1,
        urls: 2,
        done: true,
        left_out: { other_host: 1, duplicate: 1 },
      },
    ],
    isAll: true,
    problem: undefined,
  });
});

it.each<[string, Source]>([
  ["that take too long are given up: what was read until then counts", { type: "list", url: at("slow") }],
  ["in buckets are not read by this function", { type: "list", s3: "s3://media/list" }],
])("sources of a dry run %s", async (_, unread) => {
  const listener: RequestListener = ({ url }, answer) => {
    if (url === "/list") answer.end("/1\n");
  };
  const seen = await read(listener, { sources: [unread, LIST].toReversed(), timeMs: 300 });
  expect(seen).toMatchObject({ isAll: false, problem: undefined });
  expect(seen.urls).toHaveLength(2);
  expect(seen.sources.map(({ from, done }) => [from, done])).toEqual([
    [at("list"), true],
    [unread.s3 ?? unread.url, false],
  ]);
});

it.each([
  ["a document that is none", says("<html>"), {}, /cdn.example.com\/list is an HTML page/],
  ["too many tasks", says(...times(1_000, (i) => `/${i}`)), {}, /1001 tasks exceed .*maxTasks/],
  ["nothing to warm", says("http://other.example/1"), { urls: [] }, /no URL to warm; left out: 1 other_host/],
])("sources of a dry run would end the request: %s", async (_, listener, changes, problem) => {
  expect((await read(listener, changes)).problem).toMatch(problem);
});

const FORM: SizeQuestion = { url: at("a"), variants: [undefined] };
const distributions = [{ label: "d1", domain: "d1.cloudfront.net", names: [HOST], hosts: [HOST] }];
const item = request({ header: ["X-All: 1"], pops: [] });

it("a sample of sizes is asked at the distribution's own name, with the headers of the variant", async () => {
  const { options, seen, names } = await asking(
    (_, answer) => void answer.writeHead(200, { "content-length": "42" }).end(),
  );
  const asked = { ...item, variants: [{ name: "br", header: ["Accept-Encoding: br"] }] };
  const form = { ...FORM, variants: ["br"] };
  expect(await sampleSizes({ ...options, request: asked, distributions }, [form])).toEqual([{ size: 42 }]);
  expect(names).toEqual(["d1.cloudfront.net"]);
  const headers = { host: HOST, "x-all": "1", "accept-encoding": "br" };
  expect(seen).toMatchObject([{ method: "HEAD", path: "/a", headers }]);
});

it("a sample of sizes says what cannot be read, and what has no distribution", async () => {
  const { options } = await asking((_, answer) => void answer.writeHead(404).end());
  const forms = [FORM, { ...FORM, url: "http://a.example/" }];
  expect(await sampleSizes({ ...options, request: item, distributions }, forms)).toMatchObject([
    { url: FORM.url, problem: "HTTP 404" },
    { url: "http://a.example/", problem: expect.stringContaining("a.example is not a domain name") },
  ]);
});

it("a sample of sizes takes no longer than it may: what has not answered, or is overloaded, has no answer", async () => {
  const { options } = await asking(({ url }, answer) => {
    if (url === "/a") answer.writeHead(200, { "content-length": "42" }).end();
    if (url === "/overloaded") answer.writeHead(503).end();
  }, 300);
  const before = performance.now();
  const forms = ["a", "slow", "overloaded"].map((path) => ({ ...FORM, url: at(path) }));
  expect(await sampleSizes({ ...options, request: item, distributions }, forms)).toEqual([
    { size: 42 },
    undefined,
    undefined,
  ]);
  expect(performance.now() - before).toBeLessThan(1_500);
});
