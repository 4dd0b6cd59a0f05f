import { blockCount } from "../../domain/plan/stripes.ts";

/** DynamoDB bills a write by the KiB of the whole item, an update too; in a transaction, twice. */
const UNIT_BYTES = 1_024;
const IN_A_TRANSACTION = 2;

/** @param bytes of the item as it stands afterwards */
export function writeUnits(bytes: number, inTransaction = false): number {
  return Math.max(1, Math.ceil(bytes / UNIT_BYTES)) * (inTransaction ? IN_A_TRANSACTION : 1);
}

/**
 * Write units of the counters for one batch of results, at the most: it has results of every POP. The totals and each block
 * of POPs are one transaction, and each item stays below 1 KiB; when a result came last is a write of its own.
 */
export function counterUnits(pops: number): number {
  return (1 + blockCount(pops)) * writeUnits(1, true) + writeUnits(1);
}
