import { describe, expect, it } from "vitest";
import { bodyDigest } from "../../../domain/request/client-token.ts";
import type { ApiDeps } from "../../../lambdas/api/deps.ts";
import { onceForToken } from "../../../lambdas/api/start-request.ts";
import { fakeDeps } from "../../../tools/local/fake-deps.ts";
import { useVirtualClock } from "../../virtual-clock.ts";
import { request } from "../items.ts";
import { silent } from "../silent.ts";
import { BODY, world } from "./world.ts";

useVirtualClock();

const WITH = { ...BODY, client_token: "deploy-42" };

describe("a client token", () => {
  it("makes one request of fifty calls at once, and all are told of it", async () => {
    const { call, requests } = world();
    const answers = await Promise.all(Array.from({ length: 50 }, () => call("POST /prewarm", WITH)));
    expect(requests.items.size).toBe(1);
    expect(new Set(answers.map(({ status, body }) => `${status} ${body["request_id"]}`))).toEqual(
      new Set(["200 new-id"]),
    );
    expect(new Set(answers.map(({ body }) => body["timeout_at"])).size).toBe(1);
  });

  it("with another body is a conflict that names the request; nothing is made", async () => {
    const { call, requests } = world();
    await call("POST /prewarm", WITH);
    const { status, body } = await call("POST /prewarm", { ...WITH, timeout: 6 });
    expect([status, body["request_id"]]).toEqual([409, ""]);
    expect(body["error_message"]).toMatch(/^client_token: was sent with another body .* the request new-id$/);
    expect(requests.items.size).toBe(1);
  });

  it("knows its body again however that is laid out, and after the request has ended", async () => {
    const { call, requests } = world();
    await call("POST /prewarm", WITH);
    await requests.end("new-id", "STOP");
    const { client_token, ...rest } = WITH;
    const other = JSON.stringify(
      { client_token, header: null, ...Object.fromEntries(Object.entries(rest).reverse()) },
      null,
      2,
    );
    expect((await call("POST /prewarm", other)).body["request_id"]).toBe("new-id");
  });

  it("is free again when its request could not be made, or was refused", async () => {
    let fails = true;
    const { call, tokens } = world((name) => (fails && name === "requests.put" ? "before" : undefined));
    expect((await call("POST /prewarm", WITH)).status).toBe(500);
    expect((await call("POST /prewarm", { ...WITH, timeout: 0 })).status).toBe(400);
    expect(tokens.claims.size).toBe(0);
    fails = false;
    expect((await call("POST /prewarm", WITH)).status).toBe(200);
  });

  it("is free before the call that failed has its answer: nothing runs in a Lambda function after that", async () => {
    const { tokens, requests } = world();
    const events: string[] = [];
    const slow = {
      claim: tokens.claim.bind(tokens),
      read: tokens.read.bind(tokens),
      release: async (token: string, reqId: string) => {
        await new Promise((resolve) => setImmediate(resolve));
        await tokens.release(token, reqId);
        events.push("released");
      },
    };
    const deps = fakeDeps<ApiDeps>({ tokens: slow, requests, logger: silent });
    const claim = { req_id: "mine", digest: "d", at: 0 };
    const call = onceForToken(deps, "t", claim, () => Promise.reject(new Error("no room")));
    await expect(call.finally(() => events.push("answered"))).rejects.toThrow("no room");
    expect(events).toEqual(["released", "answered"]);
  });

  it("that two calls take over at the same time goes to one of them", async () => {
    const tokens = { claim: async () => false, read: async () => undefined };
    const call = onceForToken(
      fakeDeps<ApiDeps>({ tokens, logger: silent }),
      "t",
      { req_id: "mine", digest: "d", at: 0 },
      async () => request({ req_id: "mine" }),
    );
    await expect(call).rejects.toThrow("client_token: another call is making a request with it; send this again");
  });

  it("of a call that died before its request stood is taken over a minute later", async () => {
    const { tokens, requests } = world();
    const dead = { req_id: "dead", digest: "d", at: 1_000_000 };
    tokens.claims.set("t", dead);
    const call = (at: number) =>
      onceForToken(
        fakeDeps<ApiDeps>({ tokens, requests, logger: silent }),
        "t",
        { req_id: "mine", digest: "d", at },
        async () => request({ req_id: "mine" }),
      );
    await expect(call(1_059_999)).rejects.toThrow("another call is making the request dead with it");
    expect((await call(1_060_000)).req_id).toBe("mine");
    expect(tokens.claims.get("t")?.req_id).toBe("mine");
  });

  it.each(["", "a b", "x".repeat(65), 7, "\u00e9"])("%j is refused", async (client_token) => {
    const { call } = world();
    const { status, body } = await call("POST /prewarm", { ...BODY, client_token });
    expect([status, String(body["error_message"]).startsWith("client_token: must")]).toEqual([400, true]);
  });
});

describe("the digest of a body", () => {
  it("does not depend on the order of fields, nor on what is null, nor on the token", () => {
    const same = [
      { a: 1, b: { c: [1, { d: 2, e: 3 }] } },
      { b: { c: [1, { e: 3, d: 2 }] }, a: 1, x: null, client_token: "t" },
    ];
    expect(new Set(same.map(bodyDigest)).size).toBe(1);
  });

  it("depends on all that is said, and on the order of a list", () => {
    const all = [{ a: [1, 2] }, { a: [2, 1] }, { a: [1] }, { a: "1,2" }, {}, { b: [1, 2] }];
    expect(new Set(all.map(bodyDigest)).size).toBe(all.length);
  });
});
