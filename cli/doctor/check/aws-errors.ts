import * as z from "zod";
import { CommandError } from "../../command-error.ts";

/** An answer lacks what was asked for: another version of the service, or an emulator that does not know the call. */
class MissingFieldError extends Error {
  override readonly name = "MissingFieldError";
}

/** A part of an answer. Every part is optional to the SDK. @throws MissingFieldError */
export function required<T>(value: T | null | undefined, field: string): T {
  if (value === undefined || value === null) throw new MissingFieldError(`the response has no ${field}`);
  return value;
}

/** The name of what an SDK call threw; AWS puts its error code there. */
export function nameOf(error: unknown): string {
  return error instanceof Error ? error.name : String(error);
}

/**
 * Codes as AWS's services use them: EC2's own
 * (https://docs.aws.amazon.com/AWSEC2/latest/APIReference/errors-overview.html), and those that all services share
 * (https://docs.aws.amazon.com/IAM/latest/APIReference/CommonErrors.html).
 */
const FORBIDDEN = /^(AccessDenied|UnauthorizedOperation|AuthorizationError|NotAuthorized|Forbidden|OptInRequired)/;
const NO_LOGIN =
  /^(CredentialsProviderError|TokenProviderError|ExpiredToken|RequestExpired|InvalidClientTokenId|UnrecognizedClient|AuthFailure|InvalidSignature|SignatureDoesNotMatch|IncompleteSignature|MissingAuthenticationToken|InvalidAccessKeyId)/;
// The SDK's own name for an answer without an error code, as an emulator gives to a service that it does not have.
const UNKNOWN_CALL =
  /^(Unknown(Error|Operation.*)?$|InvalidAction|NotImplemented|UnsupportedOperation|UnsupportedCommand)/;
const UNREACHED =
  /^(ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|EHOSTUNREACH|ENETUNREACH|ETIMEDOUT|UND_ERR_CONNECT_TIMEOUT|UND_ERR_HEADERS_TIMEOUT)$/;

/** What errors of the SDK and of sockets have. */
const errorSchema = z.object({
  code: z.string().optional(),
  $metadata: z.object({ httpStatusCode: z.number().optional() }).optional(),
});

/** The judgement of a check that could not ask. Whatever went wrong, it is not known to be well. */
export function unanswered(error: unknown) {
  const [says, next] = explained(error);
  return { status: "cannot-tell", says, next } as const;
}

function explained(error: unknown): [says: string, next: string] {
  const name = nameOf(error);
  const message = error instanceof Error ? oneLine(error.message) : String(error);
  const { code = "", $metadata: { httpStatusCode: status } = {} } = errorSchema.safeParse(error).data ?? {};
  if (error instanceof CommandError) return [message, error.nextStep()];
  if (NO_LOGIN.test(name)) return [`no valid credentials (${name})`, "sign in, or set --profile"];
  if (FORBIDDEN.test(name) || status === 403)
    return [`no permission: ${message}`, "request the permission, then run this again"];
  if (UNKNOWN_CALL.test(name) || status === 501 || error instanceof MissingFieldError)
    return [
      `the endpoint does not support this call: ${message}`,
      "run this against AWS; the emulator does not support it",
    ];
  if (UNREACHED.test(code) || name === "TimeoutError")
    return [
      `no connection: ${message || code}`,
      "check the network and --aws-region; a private API can be reached only from its VPC",
    ];
  return [`${name}: ${message}`, "run this again; if the error persists, report it with this line"];
}

/** Account ids out, since findings are sent around. */
function oneLine(text: string): string {
  return text
    .replaceAll(/\s+/g, " ")
    .replaceAll(/\b\d{12}\b/g, "<account>")
    .slice(0, 300);
}
