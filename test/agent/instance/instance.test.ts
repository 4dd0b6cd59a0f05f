import { createServer, type RequestListener } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import { AutoScalingClient } from "@aws-sdk/client-auto-scaling";
import { describe, expect, onTestFinished, test } from "vitest";
import { InstanceMetadata, identify, retire } from "../../../agent/instance/instance.ts";

async function serve(listener: RequestListener): Promise<string> {
  const server = createServer(listener);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/** A metadata service of version 2, which answers nobody without a token of its own. */
async function metadata(values: Readonly<Record<string, string>>): Promise<InstanceMetadata> {
  const tokens = new Set<string>();
  const url = await serve(({ method, url: path = "", headers }, response) => {
    const reply = (status: number, body = "") => void response.writeHead(status).end(body);
    if (path === "/latest/api/token") {
      const ttl = Number(headers["x-aws-ec2-metadata-token-ttl-seconds"]);
      if (method !== "PUT" || !(ttl >= 1 && ttl <= 21_600)) return reply(400);
      const token = `token-${tokens.size}`;
      tokens.add(token);
      return reply(200, token);
    }
    if (!tokens.has(String(headers["x-aws-ec2-metadata-token"]))) return reply(401);
    const value = values[path];
    return value === undefined ? reply(404, "<html>Not Found</html>") : reply(200, value);
  });
  return new InstanceMetadata(url);
}

describe("the metadata service", () => {
  test("tells the instance's id", async () => {
    const service = await metadata({ "/latest/meta-data/instance-id": "i-0123456789abcdef0" });
    expect(await service.instanceId()).toBe("i-0123456789abcdef0");
  });

  test.each([
    { name: "no notice", body: undefined, action: undefined },
    { name: "a notice", body: '{"action":"terminate","time":"2024-04-16T03:12:21Z"}', action: "terminate" },
    {
      name: "a notice of another kind",
      body: '{"action":"hibernate","time":"2024-04-16T03:12:21Z"}',
      action: "hibernate",
    },
    { name: "a notice without an action", body: "{}", action: "unknown" },
    { name: "a notice that is no object", body: "null", action: "unknown" },
  ])("tells of Spot: $name", async ({ body, action }) => {
    const service = await metadata(body === undefined ? {} : { "/latest/meta-data/spot/instance-action": body });
    expect(await service.spotAction()).toBe(action);
  });

  test("that is not there is an error", async () => {
    await expect(new InstanceMetadata("http://127.0.0.1:1").spotAction()).rejects.toThrow("ECONNREFUSED");
  });

  test("that says nothing is one too, after two seconds", async () => {
    const url = await serve(() => undefined);
    const begun = performance.now();
    await expect(new InstanceMetadata(url).spotAction()).rejects.toThrow();
    expect(performance.now() - begun).toBeLessThan(10_000);
  });
});

describe("an agent's id", () => {
  const NOW = [0, 0, 0];
  const fails = () => Promise.reject(new Error("ECONNREFUSED"));

  test("is the instance's, also when the metadata service is late", async () => {
    const answers = [fails, () => Promise.resolve(undefined), () => Promise.resolve("i-0123")];
    const service = { instanceId: () => (answers.shift() ?? fails)() };
    expect(await identify(service, NOW)).toBe("i-0123");
  });

  test.each([
    ["that is not there", fails],
    ["that does not know", () => Promise.resolve(undefined)],
    ["that says nothing", () => Promise.resolve("")],
  ])("is nobody else's, without a metadata service: %s", async (_, instanceId) => {
    const ids = await Promise.all([identify({ instanceId }, NOW), identify({ instanceId }, NOW)]);
    for (const id of ids) expect(id).toMatch(/^unknown-[0-9a-f-]{36}$/);
    expect(new Set(ids).size).toBe(2);
  });
});

test("an instance leaves its group for good: the group wants one less", async () => {
  const bodies: string[] = [];
  const endpoint = await serve(async (request, response) => {
    bodies.push(await text(request));
    response
      .writeHead(200, { "content-type": "text/xml" })
      .end('<TerminateInstanceInAutoScalingGroupResponse xmlns="http://autoscaling.amazonaws.com/doc/2011-01-01/"/>');
  });
  const credentials = { accessKeyId: "test", secretAccessKey: "test" };
  await retire(new AutoScalingClient({ endpoint, region: "eu-west-1", credentials }), "i-1");
  expect(bodies.map((body) => Object.fromEntries(new URLSearchParams(body)))).toEqual([
    {
      ...{ Action: "TerminateInstanceInAutoScalingGroup", Version: "2011-01-01" },
      ...{ InstanceId: "i-1", ShouldDecrementDesiredCapacity: "true" },
    },
  ]);
});
