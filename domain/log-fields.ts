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
