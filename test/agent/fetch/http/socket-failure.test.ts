import { expect, test } from "vitest";
import { socketFailure } from "../../../../agent/fetch/http/connection.ts";
import { errorText, type FailureReason } from "../../../../domain/result/failure.ts";

/** An error as Node gives it. */
const errorOf = (code: string, message = code) => Object.assign(new Error(message), { code });

const codes: Readonly<Partial<Record<FailureReason, readonly string[]>>> = {
  connection: [
    ...["ECONNREFUSED", "ECONNRESET", "EPIPE", "EHOSTUNREACH", "ENETUNREACH", "EADDRNOTAVAIL"],
    ...["ETIMEDOUT", "ERR_SOCKET_CONNECTION_TIMEOUT"],
  ],
  timeout: ["ERR_HTTP_REQUEST_TIMEOUT"],
  tls: [
    ...["DEPTH_ZERO_SELF_SIGNED_CERT", "SELF_SIGNED_CERT_IN_CHAIN", "UNABLE_TO_VERIFY_LEAF_SIGNATURE"],
    ...["UNABLE_TO_GET_ISSUER_CERT_LOCALLY", "CERT_HAS_EXPIRED", "EPROTO"],
    ...["ERR_TLS_CERT_ALTNAME_INVALID", "ERR_SSL_WRONG_VERSION_NUMBER"],
  ],
  other: ["EWHATEVER"],
};

test.each(Object.entries(codes).flatMap(([reason, all]) => all.map((code) => [reason, code])))(
  "%s: %s",
  (reason, code) => {
    expect(socketFailure(errorOf(code))).toEqual({ reason, code });
  },
);

test("the code and what the error says are kept", () => {
  const failure = socketFailure(errorOf("ECONNRESET", "read ECONNRESET"));
  expect(errorText(failure)).toBe("ECONNRESET: read ECONNRESET");
});

test("an error without a code goes by its name; what it says decides nothing", () => {
  const failure = socketFailure(new TypeError("nobody has thought of this: ECONNRESET"));
  expect(failure).toEqual({ reason: "other", code: "TypeError", detail: "nobody has thought of this: ECONNRESET" });
  expect(socketFailure(new Error(""))).toEqual({ reason: "other", code: "Error" });
});
