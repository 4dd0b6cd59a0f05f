import { type RetryOptions, retry } from "../domain/retry.ts";

type BackOff = Pick<RetryOptions<unknown>, "attempts" | "firstMs" | "longestMs">;

/** Of items that few write at the same moment. */
const FEW: BackOff = { attempts: 10, firstMs: 25, longestMs: 800 };

/** A write was refused because its condition does not hold: alone, or as part of a transaction. */
export function isConditionFailure(error: unknown): boolean {
  return reasons(error).includes("ConditionalCheckFailed");
}

/**
 * Runs a transaction again while another write to the same item is in its way. The SDK does not: a cancelled
 * transaction may have reasons that no repetition mends.
 */
export async function withConflictRetry<T>(transact: () => Promise<T>, backOff: BackOff = FEW): Promise<T> {
  return retry(transact, { ...backOff, passes: isConflict });
}

/** Makes a conditional write, again while another one is in its way. @returns false if its condition does not hold */
export async function whetherConditionHolds(write: () => Promise<unknown>): Promise<boolean> {
  try {
    await withConflictRetry(write);
    return true;
  } catch (error) {
    if (isConditionFailure(error)) return false;
    throw error;
  }
}

/**
 * Runs a transaction, again while another one is in its way.
 * @returns which of its items' conditions do not hold, by their places; empty: it was carried out
 */
export async function failedConditions(transact: () => Promise<unknown>, backOff: BackOff): Promise<number[]> {
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

/**
 * An update that sets and removes attributes of an item, without its table and key.
 * @param condition under which it is done. @default always. It may name `#status`: `status` is a word of DynamoDB's own
 * @param values of the condition's placeholders
 */
export function itemUpdate(
  set: Readonly<Record<string, unknown>>,
  remove: readonly string[],
  condition = "",
  values: Readonly<Record<string, unknown>> = {},
) {
  const names = Object.keys(set);
  return {
    UpdateExpression:
      (names.length > 0 ? `SET ${names.map((name) => `#${name} = :${name}`).join(", ")}` : "") +
      (remove.length > 0 ? ` REMOVE ${remove.join(", ")}` : ""),
    ...(condition === "" ? {} : { ConditionExpression: condition }),
    ...unlessEmpty("ExpressionAttributeNames", {
      ...Object.fromEntries(names.map((name) => [`#${name}`, name])),
      ...(condition.includes("#status") ? { "#status": "status" } : {}),
    }),
    ...unlessEmpty("ExpressionAttributeValues", {
      ...Object.fromEntries(Object.entries(set).map(([k, v]) => [`:${k}`, v])),
      ...values,
    }),
  };
}

/** DynamoDB refuses names or values that are given and empty. */
function unlessEmpty<K extends string, V extends object>(key: K, value: V): Partial<Record<K, V>> {
  return Object.keys(value).length === 0 ? {} : ({ [key]: value } as Record<K, V>);
}
