import { createServer, type RequestListener, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, describe, expect, it } from "vitest";
import type { Source } from "../../../domain/request/source.ts";
import { readSourcesFor } from "../../../lambdas/api/dry-run-probes.ts";
import { fakeResolver } from "../fakes/dns.ts";
import { request } from "../items.ts";

let server: Server | undefined;
afterEach(() => {
  server?.closeAllConnections();
  server?.close();
});

const OWN = [{ id: "E1", domain: "d1.cloudfront.net", aliases: ["cdn.example.com"] }];
const LIST: Source = { type: "list", url: "http://cdn.example.com/list" };

async function read(
  listener: RequestListener,
  { urls = ["http://cdn.example.com/own"], sources = [LIST] } = {},
  ms = 2_000,
) {
  server = createServer(listener);
  await new Promise<void>((resolve) => server?.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  const options = {
    dns: fakeResolver({ addresses: async () => ["127.0.0.1"] }),
    ports: { httpsPort: port, httpPort: port },
    caps: { maxTasks: 1_000 },
    ownDistributions: OWN,
    timeMs: ms,
  };
  const item = request({ pops: ["SIN2-P1"], sources });
  return readSourcesFor(options, { item, urls, warnings: [] });
}

const says =
  (...lines: readonly string[]): RequestListener =>
  (_, answer) =>
    void answer.writeHead(200).end(lines.join("\n"));

describe("sources of a dry run", () => {
  it("are read as Expand reads them: hosts of others are left out, the caller's own come first", async () => {
    const seen = await read(says("/1", "/2", "http://other.example/3", "/own"));
    expect(seen).toEqual({
      urls: ["own", "1", "2"].map((path) => `http://cdn.example.com/${path}`),
      sources: [
        {
          type: "list",
          from: "http://cdn.example.com/list",
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

  it("that take too long are given up: what was read until then counts", async () => {
    const slow: Source = { type: "list", url: "http://cdn.example.com/slow" };
    const seen = await read(
      (request, answer) => {
        if (request.url === "/list") answer.end("/1\n");
      },
      { sources: [LIST, slow] },
      300,
    );
    expect(seen).toMatchObject({ isAll: false, problem: undefined });
    expect(seen.urls).toHaveLength(2);
    expect(seen.sources.map(({ done }) => done)).toEqual([true, false]);
  });

  it("in buckets are not read by this function", async () => {
    const bucket: Source = { type: "list", s3: "s3://media/list" };
    const seen = await read(says("/1"), { sources: [bucket, LIST] });
    expect(seen).toMatchObject({ isAll: false, problem: undefined });
    expect(seen.urls).toHaveLength(2);
    expect(seen.sources.map(({ from, done }) => `${from} ${done}`)).toEqual([
      "http://cdn.example.com/list true",
      "s3://media/list false",
    ]);
  });

  it.each([
    ["a document that is none", says("<html>"), {}, /cdn.example.com\/list is an HTML page/],
    ["too many tasks", says(...Array.from({ length: 1_000 }, (_, i) => `/${i}`)), {}, /1001 tasks, but maxTasks/],
    ["nothing to warm", says("http://other.example/1"), { urls: [] }, /no URL is left to warm; left out: 1 other_host/],
  ])("would end the request: %s", async (_, listener, changes, problem) => {
    expect((await read(listener, changes)).problem).toMatch(problem);
  });
});
