/** DynamoDB bills a write by the KiB of the whole item, an update too; in a transaction, twice. */
const UNIT_BYTES = 1_024;
const IN_A_TRANSACTION = 2;
/** POPs whose counters stand in one item. */
export const POPS_PER_BLOCK = 64;
/** Key, TTL and three totals. */
const TOTALS_BYTES = 150;
/** `SIN2-C1 c`, `SIN2-C1 b`, `SIN2-C1 f`, each with its number. */
const POP_BYTES = 3 * 20;

/** @param bytes of the item as it stands afterwards */
export function writeUnits(bytes: number, inTransaction = false): number {
  return Math.max(1, Math.ceil(bytes / UNIT_BYTES)) * (inTransaction ? IN_A_TRANSACTION : 1);
}

/**
 * Write units of the counters for one batch of results, at the most: it has results of every POP. The totals and each block
 * of POPs are one transaction; when a result came last is a write of its own.
 */
export function counterUnits(pops: number): number {
  const full = Math.floor(pops / POPS_PER_BLOCK);
  const rest = pops % POPS_PER_BLOCK;
  const blocks = full * writeUnits(TOTALS_BYTES + POPS_PER_BLOCK * POP_BYTES, true);
  const last = rest === 0 ? 0 : writeUnits(TOTALS_BYTES + rest * POP_BYTES, true);
  return writeUnits(TOTALS_BYTES, true) + blocks + last + writeUnits(TOTALS_BYTES);
}
