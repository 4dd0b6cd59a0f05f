import { describe, expect, test, vi } from "vitest";
import { identify } from "../../../agent/instance/metadata.ts";

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
    ["that says nothing", () => Promise.resolve("")],
  ])("is nobody else's, without a metadata service: %s", async (_, instanceId) => {
    const ids = await Promise.all([identify({ instanceId }, 0), identify({ instanceId }, 0)]);
    for (const id of ids) expect(id).toMatch(/^unknown-[0-9a-f-]{36}$/);
    expect(new Set(ids).size).toBe(2);
  });

  test("is asked for six times", async () => {
    const instanceId = vi.fn(fails);
    await identify({ instanceId }, 0);
    expect(instanceId).toHaveBeenCalledTimes(6);
  });
});
