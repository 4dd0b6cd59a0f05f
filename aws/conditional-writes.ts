import { type RetryOptions, retry } from "../domain/retry.ts";

/** Back-off for items with few concurrent writers. */
const CONFLICT_RETRY = { attempts: 10, firstMs: 25, longestMs: 800 };

/** A write was refused because its condition does not hold: alone, or as part of a transaction. */
export function isConditionFailure(error: unknown): boolean {
  return reasons(error).includes("ConditionalCheckFailed");
}

/**
 * Runs a transaction again while another write to the same item is in its way. The SDK does not: a cancelled
 * transaction may have reasons that no repetition mends.
 */
export async function withConflictRetry<T>(
  transact: () => Promise<T>,
  backOff: RetryOptions<T> = CONFLICT_RETRY,
): Promise<T> {
  return retry(transact, { ...backOff, retryOnError: isConflict });
}

/** Makes a conditional write, again while another one is in its way. @returns false if its condition does not hold */
export async function tryConditionalWrite(
  write: () => Promise<unknown>,
  backOff?: RetryOptions<unknown>,
): Promise<boolean> {
  return (await failedConditions(write, backOff)).length === 0;
}

/**
 * Makes a conditional write or a transaction, again while another one is in its way.
 * @returns which of its items' conditions do not hold, by their places; empty: it was carried out
 */
export async function failedConditions(
  transact: () => Promise<unknown>,
  backOff?: RetryOptions<unknown>,
): Promise<number[]> {
  try {
    await withConflictRetry(transact, backOff);
    return [];
  } catch (error) {
    const failed = reasons(error).flatMap((code, place) => (code === "ConditionalCheckFailed" ? [place] : []));
    if (failed.length === 0) throw error;
    return failed;
  }
}

/** Another write was in the way. */
export function isConflict(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  if (error.name === "TransactionConflictException" || error.name === "TransactionInProgressException") return true;
  const codes = reasons(error);
  return codes.includes("TransactionConflict") && !codes.includes("ConditionalCheckFailed");
}

/** The codes of a cancelled transaction, or the one of a single conditional write. */
function reasons(error: unknown): string[] {
  if (!(error instanceof Error)) return [];
  if (error.name === "ConditionalCheckFailedException") return ["ConditionalCheckFailed"];
  if (error.name !== "TransactionCanceledException" || !("CancellationReasons" in error)) return [];
  const list: unknown = error.CancellationReasons;
  if (!Array.isArray(list)) return [];
  return list.map((reason: { Code?: string } | undefined) => reason?.Code ?? "None");
}

/** A condition of a write, with the values of its placeholders. An attribute that is a reserved word of DynamoDB has `#` before it: `#status`. */
export interface Condition {
  readonly text: string;
  readonly values?: Readonly<Record<string, unknown>>;
}

/**
 * An update that sets attributes of an item, and removes those that are undefined; without its table and key.
 * @param conditions under all of which it is done. @default always
 */
export function itemUpdate(attributes: Readonly<Record<string, unknown>>, conditions: readonly Condition[] = []) {
  const set = Object.keys(attributes).filter((name) => attributes[name] !== undefined);
  const removed = Object.keys(attributes).filter((name) => attributes[name] === undefined);
  const condition = conditions.map(({ text }) => text).join(" AND ");
  const names = [...Object.keys(attributes).map((name) => `#${name}`), ...(condition.match(/#\w+/g) ?? [])];
  const values = {
    ...Object.fromEntries(set.map((name) => [`:${name}`, attributes[name]])),
    ...Object.fromEntries(conditions.flatMap(({ values = {} }) => Object.entries(values))),
  };
  const setting = set.length === 0 ? "" : `SET ${set.map((name) => `#${name} = :${name}`).join(", ")}`;
  const removing = removed.length === 0 ? "" : `REMOVE ${removed.map((name) => `#${name}`).join(", ")}`;
  return {
    UpdateExpression: `${setting} ${removing}`.trim(),
    ExpressionAttributeNames: Object.fromEntries(names.map((name) => [name, name.slice(1)])),
    // DynamoDB refuses a condition and values that are given and empty.
    ConditionExpression: condition === "" ? undefined : condition,
    ExpressionAttributeValues: Object.keys(values).length === 0 ? undefined : values,
  };
}
