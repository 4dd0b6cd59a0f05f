import type { ApiDeps } from "../../../lambdas/api/deps.ts";
import { onceForToken } from "../../../lambdas/api/start-request.ts";
import { type Fakes, fakeDeps } from "../../../tools/local/fake-deps.ts";
import { times } from "../../collect.ts";
import { useVirtualClock } from "../../virtual-clock.ts";
import { PLAIN_BEHAVIOUR } from "../fakes/services.ts";
import { FakeLogger } from "../fakes/stores.ts";
import { request } from "../items.ts";
import { failing } from "../noted-calls.ts";
import { BODY, refusalOf, world } from "./world.ts";

useVirtualClock();

const { caching: CACHING } = PLAIN_BEHAVIOUR;
const NOT_CACHED = {
  ...PLAIN_BEHAVIOUR,
  pathPattern: "/b*",
  caching: CACHING && { ...CACHING, minTtl: 0, defaultTtl: 0, maxTtl: 0 },
};
const TOKEN = { client_token: "deploy-42" };
const MINE = { req_id: "mine", digest: "d", at: 0 };
const MADE = { item: request({ req_id: "mine" }), warnings: [], skippedUrls: [] };
/** Makes the request `mine` with the token t, unless something is in the way. */
const once = (fakes: Fakes<ApiDeps>, { at = 0, make = async () => MADE } = {}) =>
  onceForToken(fakeDeps<ApiDeps>({ logger: new FakeLogger(), ...fakes }), "t", { ...MINE, at }, make);

describe("a client token", () => {
  it("makes one request of fifty calls at once, and all are told of it", async () => {
    const { post, requests } = world();
    const answers = await Promise.all(times(50, () => post(TOKEN)));
    expect(requests.all().length).toBe(1);
    const told = new Set(answers.map(({ status, body }) => `${status} ${body["request_id"]} ${body["timeout_at"]}`));
    expect(told).toEqual(new Set(["200 new-id 2024-04-16 03:17:21.046000"]));
  });

  it("repeats the warnings and the URLs that were left out, however the distribution is now", async () => {
    const settings = { priceClass: "PriceClass_100" as const, behaviours: [NOT_CACHED, PLAIN_BEHAVIOUR] };
    const { post, settings: configured, calls } = world({ settings });
    const body = { ...TOKEN, pops: ["NRT57-P3"], skip_uncached: true };
    const first = await post(body);
    expect(first.body).toMatchObject({
      warnings: times(2, () => expect.any(String)),
      skipped_urls: [BODY.url_list[1]],
    });
    configured.changes = {};
    calls.length = 0;
    expect(await post(body)).toEqual(first);
    expect(calls.filter((call) => /^(settings|distributions)/.test(call))).toEqual([]);
  });

  it("with another body is a conflict that names the request; nothing is made", async () => {
    const { post, requests } = world();
    await post(TOKEN);
    expect(refusalOf(await post({ ...TOKEN, timeout: 6 }))).toMatch(
      /^409 client_token: was sent with another body .* the request new-id$/,
    );
    expect(requests.all().length).toBe(1);
  });

  it("knows its body again however that is laid out, and after the request has ended", async () => {
    const { call, post, requests } = world();
    await post(TOKEN);
    await requests.end("new-id", "STOP");
    const reversed = Object.fromEntries(Object.entries(BODY).reverse());
    const other = JSON.stringify({ ...TOKEN, header: null, ...reversed }, null, 2);
    expect((await call("POST /prewarm", other)).body["request_id"]).toBe("new-id");
  });

  it("is free again when its request could not be made, or was refused", async () => {
    const faults = [failing("requests.put")];
    const { post, progress } = world({ fault: (...args) => faults[0]?.(...args) });
    expect((await post(TOKEN)).status).toBe(500);
    expect((await post({ ...TOKEN, timeout: 0 })).status).toBe(400);
    expect(progress.all()).toEqual([]);
    faults.pop();
    expect((await post(TOKEN)).status).toBe(200);
  });

  it("is free before the call that failed has its answer: nothing runs in a Lambda function after that", async () => {
    const events: string[] = [];
    const slow = {
      claim: async () => true,
      release: async () => {
        await new Promise((resolve) => setImmediate(resolve));
        events.push("released");
      },
    };
    const call = once({ tokens: slow }, { make: () => Promise.reject(new Error("no room")) });
    await expect(call.finally(() => events.push("answered"))).rejects.toThrow("no room");
    expect(events).toEqual(["released", "answered"]);
  });

  it("that two calls take over at the same time goes to one of them", async () => {
    const tokens = { claim: async () => false, read: async () => undefined };
    await expect(once({ tokens })).rejects.toThrow(
      "client_token: another call is creating a request with this token; send this",
    );
  });

  it("of a call that died before its request stood is taken over a minute later", async () => {
    const { tokens, requests } = world();
    await tokens.claim("t", { req_id: "dead", digest: "d", at: 1_000_000 });
    await expect(once({ tokens, requests }, { at: 1_059_999 })).rejects.toThrow(
      "another call is creating the request dead with this token",
    );
    expect((await once({ tokens, requests }, { at: 1_060_000 })).item.req_id).toBe("mine");
    expect(await tokens.read("t")).toMatchObject({ req_id: "mine" });
  });

  it.each(["", "x".repeat(65)])("%j is refused", async (client_token) => {
    expect(refusalOf(await world().post({ client_token }))).toMatch(/^400 client_token: must/);
  });
});
