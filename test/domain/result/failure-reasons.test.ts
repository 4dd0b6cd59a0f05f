import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { type Answer, judge } from "../../../agent/download/answer.ts";
import { addressProblem } from "../../../domain/net/addresses.ts";
import { FAILURE_REASONS, type FailureReason, failureReason } from "../../../domain/result/failure-reasons.ts";

/** What the agent says of an answer, so that other words for the same thing are noticed here. */
function saidOf(answer: Partial<Answer>): string | undefined {
  const outcome = judge({ bytes: 0, ...answer }, "SIN2-C1");
  return outcome.kind === "GOOD" ? undefined : outcome.error;
}

const cases: readonly (readonly [FailureReason, string | undefined])[] = [
  ["redirect", saidOf({ httpStatus: 301, location: "https://elsewhere.example/timeout" })],
  ["redirect", saidOf({ httpStatus: 304 })],
  ["http_4xx", saidOf({ httpStatus: 403 })],
  ["http_4xx", saidOf({ httpStatus: 404, failure: "ECONNRESET" })],
  ["http_5xx", saidOf({ httpStatus: 504 })],
  ["incomplete", saidOf({ httpStatus: 200, bytes: 1, contentLength: 2 })],
  ["other_pop", saidOf({ httpStatus: 200, xAmzCfPop: "ATL56-C1" })],
  ["connection", saidOf({})],
  ["refused_address", addressProblem("10.0.0.1", false)],
  ["refused_address", addressProblem("example.com", false)],
  // Node's codes and OpenSSL's, as the agent passes them on.
  ...["ECONNREFUSED", "ECONNRESET: read ECONNRESET", "EPIPE", "EHOSTUNREACH", "ENETUNREACH"].map(
    (text) => ["connection", saidOf({ failure: text })] as const,
  ),
  ...["ETIMEDOUT: connect ETIMEDOUT 192.0.2.1:443"].map((text) => ["timeout", saidOf({ failure: text })] as const),
  ...[
    ...["DEPTH_ZERO_SELF_SIGNED_CERT", "SELF_SIGNED_CERT_IN_CHAIN", "UNABLE_TO_VERIFY_LEAF_SIGNATURE"],
    ...["UNABLE_TO_GET_ISSUER_CERT_LOCALLY", "CERT_HAS_EXPIRED: certificate has expired", "EPROTO: write EPROTO"],
    ...["ERR_TLS_CERT_ALTNAME_INVALID: Hostname/IP does not match", "ERR_SSL_WRONG_VERSION_NUMBER"],
  ].map((text) => ["tls", saidOf({ failure: text })] as const),
  ["other", saidOf({ failure: "TypeError: what nobody has thought of: ECONNRESET" })],
  ["other", undefined],
];

describe("a failure's reason", () => {
  test.each(cases)("%s: %s", (reason, error) => {
    expect(failureReason(error)).toBe(reason);
  });

  const OWN: Readonly<Record<string, FailureReason>> = {
    ...{ CONNECT_TIMEOUT: "timeout", HEADERS_TIMEOUT: "timeout", BODY_TIMEOUT: "timeout" },
    ...{ CLOSED: "connection", BAD_ANSWER: "connection" },
  };

  test("each code that the agent makes up has one", () => {
    const agent = fileURLToPath(new URL("../../../agent", import.meta.url));
    const sources = readdirSync(agent, { recursive: true, encoding: "utf8" }).filter((name) => name.endsWith(".ts"));
    const codes = sources
      .map((name) => readFileSync(`${agent}/${name}`, "utf8"))
      .flatMap((source) => [...source.matchAll(/\bfail\(\s*[`"]([A-Z_]+):/g)])
      .map(([, code = ""]) => code);
    expect(codes.length).toBeGreaterThan(0);
    for (const code of codes) expect(OWN).toHaveProperty(code, failureReason(`${code}: …`));
  });

  test("and what Shutdown says of tasks that nobody did", () => {
    const source = readFileSync(new URL("../../../lambdas/shutdown/settle.ts", import.meta.url), "utf8");
    const [, error] = /error: `(.*)`/.exec(source) ?? [];
    expect(failureReason(error)).toBe("lost");
  });

  test("is one of few: each is paid for", () => {
    expect(FAILURE_REASONS.length).toBeLessThanOrEqual(12);
  });
});
