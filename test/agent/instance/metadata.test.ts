import { describe, expect, test } from "vitest";
import { InstanceMetadata } from "../../../agent/instance/metadata.ts";
import { useVirtualClock } from "../../virtual-clock.ts";
import { serve } from "./http-server.ts";

useVirtualClock({ idleMs: 2 });

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

  const spotAction = async (notice: string) =>
    (await metadata({ "/latest/meta-data/spot/instance-action": notice })).spotAction();

  test("tells no action of Spot while there is no notice", async () => {
    expect(await (await metadata({})).spotAction()).toBeUndefined();
  });

  test.each(["terminate", "stop", "hibernate"])("tells the action of a Spot notice: %s", async (action) => {
    expect(await spotAction(JSON.stringify({ action, time: "2024-04-16T03:12:21Z" }))).toBe(action);
  });

  test.each(["", "<html>OK</html>", "null", "{}", '"terminate"'])(
    "takes an answer without an action for no Spot notice: %j",
    async (answer) => {
      await expect(spotAction(answer)).rejects.toThrow();
    },
  );

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
