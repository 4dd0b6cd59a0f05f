import { afterEach, describe, expect, it, vi } from "vitest";
import { z } from "zod";
import { dnsServersSchema } from "../../aws/dns.ts";
import { EnvironmentError, readEnvironment } from "../../domain/environment.ts";
import { forEachKey, keysOf, streamKeysSchema } from "../../lambdas/stream-event.ts";
import { keysEvent } from "../lambdas/items.ts";

afterEach(() => vi.unstubAllEnvs());

describe("the environment", () => {
  const schema = z.object({ TABLE_X: z.string().min(1), PORT_X: z.coerce.number().int().default(443), URL_X: z.url() });

  it("is read by its schema", () => {
    vi.stubEnv("TABLE_X", "t");
    vi.stubEnv("URL_X", "https://a.example/");
    vi.stubEnv("PORT_X", "8443");
    expect(readEnvironment(schema)).toEqual({ TABLE_X: "t", PORT_X: 8_443, URL_X: "https://a.example/" });
  });

  it("that is wrong is told of whole, not the first fault", () => {
    vi.stubEnv("PORT_X", "many");
    const reading = () => readEnvironment(schema);
    expect(reading).toThrow(EnvironmentError);
    for (const name of ["TABLE_X", "PORT_X", "URL_X"]) expect(reading).toThrow(name);
  });
});

it.each([
  [undefined, []],
  ["", []],
  ["127.0.0.1:5353", ["127.0.0.1:5353"]],
  [" 192.0.2.1 , 192.0.2.2:53,", ["192.0.2.1", "192.0.2.2:53"]],
])("the DNS servers %j are %j", (text, servers) => {
  expect(dnsServersSchema.parse(text)).toEqual(servers);
});

describe("a batch of a stream", () => {
  it("gives its keys, each once, in order", () => {
    const event = keysEvent(
      { req_id: "r2" },
      { req_id: "r1", target: "SIN2-P1#d1" },
      { req_id: "r2" },
      { req_id: "r1" },
    );
    expect(keysOf(streamKeysSchema.parse(event))).toEqual([
      { req_id: "r2" },
      { req_id: "r1", target: "SIN2-P1#d1" },
      { req_id: "r1" },
    ]);
  });

  it("has a step run for each of them, whatever becomes of another", async () => {
    const event = keysEvent({ req_id: "r1" }, { req_id: "bad" }, { req_id: "r2" });
    const run: (string | undefined)[] = [];
    const step = (...bad: string[]) =>
      forEachKey(streamKeysSchema.parse(event), async ({ req_id = "" }) => {
        run.push(req_id);
        if (bad.includes(req_id)) throw new Error(`${req_id} is spoilt`);
      });
    await expect(step("bad")).rejects.toThrow("bad is spoilt");
    expect(run).toEqual(["r1", "bad", "r2"]);
    await expect(step("bad", "r2")).rejects.toThrow("2 records of a batch failed");
    await step();
  });

  it.each([{}, { Records: [{}] }, { Records: [{ dynamodb: { Keys: { req_id: { N: "1" } } } }] }])(
    "is not %j",
    (event) => {
      expect(streamKeysSchema.safeParse(event).success).toBe(false);
    },
  );
});
