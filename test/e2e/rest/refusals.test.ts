// What API Gateway rejects before the API's function is called: calls without the key, and routes that do not exist.
import { describe, expect, it } from "vitest";
import { authorization } from "../../../tools/local/front.ts";
import { body } from "../bodies.ts";
import { deployedStack } from "../deployed-stack.ts";

describe("the deployed API", () => {
  const running = deployedStack();

  it.each([
    ["POST", "prewarm"],
    ["GET", "prewarm?req_id=x"],
    ["GET", "summary?req_id=x"],
    ["POST", "instances"],
    ["GET", "instances"],
  ] as const)("rejects %s /%s without the key, and with a wrong one", async (method, path) => {
    const before = await running().inventory();
    for (const key of ["", "wrong"]) {
      const { status, json } = await running().call(
        method,
        path,
        method === "POST" ? JSON.stringify(body()) : undefined,
        key,
      );
      expect(status).toBe(403);
      expect(json).toMatchObject({ status: "Failed", message: expect.stringContaining("x-api-key") });
    }
    expect(await running().inventory()).toEqual(before);
  });

  it("rejects a wrong key in API Gateway itself, past the entrance", async () => {
    const { prewarm } = running();
    const direct = `${prewarm.aws.endpoint}/_aws/execute-api/${prewarm.deployed.apiId}/prod/instances`;
    const headers = { "x-api-key": "wrong", authorization: authorization(prewarm.aws, "execute-api") };
    const answer = await fetch(direct, { headers });
    expect(answer.status).toBe(403);
    expect(await answer.json()).toMatchObject({
      status: "Failed",
      error_message: expect.stringContaining("x-api-key"),
    });
  });

  it("answers 404 to a route that does not exist, and lists those that do", async () => {
    const { status, json } = await running().call("GET", "prewarms");
    expect(status).toBe(404);
    expect(json).toMatchObject({ status: "Failed", error_message: expect.stringContaining("GET /summary") });
  });
});
