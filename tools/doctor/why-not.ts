import { cannotTell, type Judgement } from "./judgement.ts";
import { nameOf } from "./told.ts";

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

/** What a check says that could not be asked. Whatever went wrong, it is not known to be well. */
export function whyNot(error: unknown): Judgement {
  const name = nameOf(error);
  const message = error instanceof Error ? oneLine(error.message) : String(error);
  if (NO_LOGIN.test(name)) return cannotTell(`no valid credentials (${name})`, "log in, or name a --profile");
  if (FORBIDDEN.test(name) || statusOf(error) === 403)
    return cannotTell(`no permission: ${message}`, "ask for that permission, then again");
  if (UNKNOWN_CALL.test(name) || statusOf(error) === 501 || name === "NotToldError")
    return cannotTell(`what answers here does not know the call: ${message}`, "ask AWS itself; an emulator lacks this");
  if (UNREACHED.test(codeOf(error)) || name === "TimeoutError")
    return cannotTell(
      `no connection: ${message || codeOf(error)}`,
      "look at the network, at --region, and whether the API is private",
    );
  return cannotTell(`${name}: ${message}`, "ask again; if it stays, report it with this line");
}

function statusOf(error: unknown): unknown {
  if (typeof error !== "object" || error === null || !("$metadata" in error)) return undefined;
  const metadata = error.$metadata;
  if (typeof metadata !== "object" || metadata === null || !("httpStatusCode" in metadata)) return undefined;
  return metadata.httpStatusCode;
}

function codeOf(error: unknown): string {
  return error instanceof Error && "code" in error ? String(error.code) : "";
}

/** Account ids out, since findings are sent around. */
function oneLine(text: string): string {
  return text
    .replaceAll(/\s+/g, " ")
    .replaceAll(/\b\d{12}\b/g, "<account>")
    .slice(0, 300);
}
