import { EventEmitter } from "node:events";
import { syncBuiltinESMExports } from "node:module";
import tls from "node:tls";
import type { MockInstance } from "vitest";
import { connect } from "../../../cli/direct/connect.ts";
import { checkNetwork, dnsObstacle } from "../../../cli/direct/network.ts";
import type { Target } from "../../../domain/plan/target.ts";
import { folderWith } from "../../folder-with.ts";

/** What happens to connections: the code of an error, or the name of another event. */
const events: string[] = [];

let connectTls: MockInstance<typeof tls.connect>;

beforeEach(() => {
  events.length = 0;
  connectTls = vi.spyOn(tls, "connect").mockImplementation((): never => {
    const socket = Object.assign(new EventEmitter(), { destroy: () => undefined, unref: () => undefined });
    const event = events.shift() ?? "";
    const isError = event.toUpperCase() === event;
    setImmediate(() => socket.emit(isError ? "error" : event, Object.assign(new Error(event), { code: event })));
    return socket as never;
  });
  syncBuiltinESMExports();
});

afterEach(() => {
  connectTls.mockRestore();
  syncBuiltinESMExports();
});

function check(env: Record<string, string>, ...happens: string[]) {
  events.push(...happens);
  const targets = happens.map((_, i): Target => {
    const ips = [`192.0.2.${i}`];
    return { req_id: "r", target: "t", pop: "p", label: "l", state: "RESOLVED", ips, expire_at: 1 };
  });
  return checkNetwork(targets, "www.example.com", { httpsPort: 443 }, env);
}

test.each<[string, Record<string, string>, RegExp]>([
  ["ECONNREFUSED", {}, /a firewall seems to block .*\(ECONNREFUSED at 192\.0\.2\.0:443\)/],
  ["timeout", {}, /a firewall .*\(ETIMEDOUT at/],
  ["timeout", { https_proxy: "http://proxy.example.com" }, /only connections through its proxy \(https_proxy\)/],
  ["ENETUNREACH", { HTTPS_PROXY: "x" }, /no route to IPv4 addresses/],
  ["EADDRNOTAVAIL", {}, /no route to IPv4 addresses/],
  ["DEPTH_ZERO_SELF_SIGNED_CERT", {}, /certificate is not CloudFront's: a captive portal or a TLS-inspecting proxy/],
  ["ERR_TLS_CERT_ALTNAME_INVALID", {}, /a captive portal/],
  ["UNABLE_TO_VERIFY_LEAF_SIGNATURE", {}, /a captive portal/],
])("%s with %o: says what is in the way", async (event, env, message) => {
  await expect(check(env, event, event)).rejects.toThrow(message);
});

test("one POP of three that answers is enough", async () => {
  await check({}, "ECONNREFUSED", "timeout", "secureConnect");
  await expect(check({}, "ECONNREFUSED", "timeout", "ECONNREFUSED")).rejects.toThrow("no POP can be");
});

const popWith = (reason: Target["reason"]): Target => {
  const [state, ips] = reason === undefined ? (["RESOLVED", ["192.0.2.1"]] as const) : (["FAILED", []] as const);
  return { req_id: "r", target: "t", pop: "p", label: "l", state, ips: [...ips], reason, expire_at: 1 };
};

test.each([0, 1, 2, 3])("one POP without an answer of the resolver is no obstacle; all of %d are", async (count) => {
  for (const reason of ["dns_unavailable", "refused_address"] as const) {
    const unresolved = Array.from({ length: count }, () => popWith(reason));
    const checked = (targets: readonly Target[]) => checkNetwork(targets, "www.example.com", { httpsPort: 443 }, {});
    await expect(checked(unresolved)).rejects.toThrow("no POP can be resolved");
    for (let place = 0; place <= count; place++) {
      events.push("secureConnect");
      await checked(unresolved.toSpliced(place, 0, popWith(undefined)));
    }
  }
});

test("certificates are verified, whatever the environment says", async () => {
  await check({}, "secureConnect");
  expect(connectTls.mock.calls).toMatchObject([[{ rejectUnauthorized: true }]]);
});

test.each([
  ["a.b resolves to 192.168.0.1, a private or reserved address", /captive portal/],
  ["The DNS resolver 192.0.2.1 did not answer for a.b (ETIMEOUT)", /the DNS resolver of this network does not respond/],
  ["a.b does not exist in DNS (ENOTFOUND)", /does not resolve the names of POPs: a\.b does not exist/],
])("no POP resolves: %s", (problem, message) => {
  expect(dnsObstacle(problem)).toMatchObject({ message: expect.stringMatching(message), next: /--dns 1\.1\.1\.1/ });
});

describe("where a command works", () => {
  const kindOf = async (env: Record<string, string>, flags: Parameters<typeof connect>[1]) =>
    (await connect({ env: { XDG_STATE_HOME: folderWith(), ...env }, cwd: folderWith() }, flags)).kind;
  const API = { endpoint: "https://a.example.com/prod/", apiKey: "k" };
  const IN_ENV = { PREWARM_ENDPOINT: API.endpoint, PREWARM_API_KEY: "k" };

  test.each<[string, Record<string, string>, Parameters<typeof connect>[1], string]>([
    ["nothing names an API", {}, {}, "direct"],
    ["the environment names one", IN_ENV, {}, "stack"],
    ["an option names one", {}, API, "stack"],
    ["--direct overrules the environment", IN_ENV, { direct: true, dns: ["192.0.2.1"] }, "direct"],
  ])("%s", async (_, env, flags, kind) => {
    expect(await kindOf(env, flags)).toBe(kind);
  });

  test.each<[Parameters<typeof connect>[1], string]>([
    [{ direct: true, stack: "S" }, "--direct cannot be combined with --stack"],
    [{ direct: true, ...API }, "--direct cannot be combined with --endpoint"],
    [{ ...API, dns: ["192.0.2.1"] }, "--dns applies to direct runs only"],
  ])("%o is refused", async (flags, message) => {
    await expect(kindOf({}, flags)).rejects.toThrow(message);
  });
});
