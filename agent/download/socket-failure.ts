import type { Failure, FailureReason } from "../../domain/result/failure.ts";

/** What a socket's error is counted as, by its code: Node's, the system's or OpenSSL's. The first that fits. */
const REASONS: readonly (readonly [RegExp, FailureReason])[] = [
  [/^ETIMEDOUT$|CONNECTION_TIMEOUT/, "connection"],
  [/TIMEOUT/, "timeout"],
  [/TLS|CERT|SSL|UNABLE_TO_VERIFY|^EPROTO$/, "tls"],
  [/^(ECONN|EPIPE|EHOST|ENET|EADDR)/, "connection"],
];

/** An error of a socket, as a failure of the task that it carried. */
export function socketFailure(error: Error): Failure {
  const code = "code" in error && error.code !== undefined ? String(error.code) : error.name;
  const reason = REASONS.find(([pattern]) => pattern.test(code))?.[1] ?? "other";
  const { message } = error;
  return message === "" || message === code ? { reason, code } : { reason, code, detail: message };
}
