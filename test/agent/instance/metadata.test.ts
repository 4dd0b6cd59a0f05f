import { InstanceMetadata, identify } from "../../../agent/instance/metadata.ts";
import { serve } from "../../serve.ts";
import { useVirtualClock } from "../../virtual-clock.ts";

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

  test.each(["terminate"])("tells the action of a Spot notice: %s", async (action) => {
    expect(await spotAction(JSON.stringify({ action, time: "2024-04-16T03:12:21Z" }))).toBe(action);
  });

  test.each(["", '"terminate"'])("takes an answer without an action for no Spot notice: %j", async (answer) => {
    await expect(spotAction(answer)).rejects.toThrow();
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
  const fails = () => Promise.reject(new Error("ECONNREFUSED"));

  test("is the instance's, also when the metadata service is late", async () => {
    const answers = [fails, () => Promise.resolve(undefined), () => Promise.resolve("i-0123")];
    const service = { instanceId: () => (answers.shift() ?? fails)() };
    expect(await identify(service, 0)).toBe("i-0123");
  });

  test.each([
    ["that is not there", fails],
    ["that does not know", () => Promise.resolve(undefined)],
  ])("is nobody else's, without a metadata service: %s", async (_, instanceId) => {
    const ids = await Promise.all([identify({ instanceId }, 0), identify({ instanceId }, 0)]);
    for (const id of ids) expect(id).toMatch(/^unknown-[0-9a-f-]{36}$/);
    expect(new Set(ids).size).toBe(2);
  });
});
