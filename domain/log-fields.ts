/** Where the agent's code logs. pino implements it. */
export interface Log {
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
}

/** An error as a log may show it. */
export interface ErrorFields {
  readonly name: string;
  readonly message: string;
  readonly code?: string | undefined;
  readonly stack?: string | undefined;
  readonly cause?: ErrorFields | undefined;
}

/**
 * What of an error goes into a log: these fields alone. Errors of AWS clients have more, such as the response, or the item
 * that a write conflicted with. Either may hold a request's headers, and there may be secrets in them.
 */
export function errorFields(error: unknown): ErrorFields {
  if (!(error instanceof Error)) return { name: typeof error, message: withoutQueries(String(error)) };
  const { name, message, stack, cause } = error;
  return {
    name,
    message: withoutQueries(message),
    code: "code" in error && error.code !== undefined ? String(error.code) : undefined,
    stack: stack && withoutQueries(stack),
    cause: cause === undefined ? undefined : errorFields(cause),
  };
}

/** How the reason ends where a permission is missing. */
export const NOT_ALLOWED = " is not allowed";

/**
 * What of an error of AWS a caller of the API may read. Its text names accounts, roles and resources: of a denial, only the action is
 * named. The whole error belongs into the log.
 */
export function publicReason(error: unknown): string {
  const { name, message } = error instanceof Error ? error : { name: "", message: String(error) };
  const denied = [error, error instanceof Error && error.cause].find(isAccessDenied);
  if (denied !== undefined) return `${/ perform: ([\w-]+:\w+)/.exec(denied.message)?.[1] ?? "the call"}${NOT_ALLOWED}`;
  const text = message.replaceAll(/\barn:aws[^\s"',)]+/g, "(ARN)").replaceAll(/\b\d{12}\b/g, "(account)");
  // What AWS says begins with a code, such as Throttling.
  return name === "" || name.endsWith("Error") ? text : `${name}: ${text}`;
}

/** Where such an error is logged whole. */
export interface AwsErrorLog {
  warn(message: string, fields: { readonly error: ErrorFields }): void;
}

/** Whether the credentials lack a permission. */
export function isAccessDenied(error: unknown): error is Error {
  return error instanceof Error && /^AccessDenied(Exception)?$/.test(error.name);
}

/** Removes the query strings of URLs in a text: the query of a signed URL is a credential. */
export function withoutQueries(text: string): string {
  return text.replaceAll(/\?[^\s"'<>?]*=[^\s"'<>]*/g, "?…");
}

/** Something stored that this version cannot read: written by another version, by hand, or damaged. */
export interface UnparseableItem {
  /** What was expected, such as `task result`. */
  readonly kind: string;
  /** Where it stands: the keys of an item, the id of a message. */
  readonly key: string;
  /** What is wrong with it. Quotes nothing of it: there may be secrets in it. */
  readonly problem: string;
}

/** Called for each item that is skipped: it is logged and counted. */
export type OnUnparseable = (item: UnparseableItem) => void;
