import { inBlocks } from "../plan/stripes.ts";
import { NO_COUNT } from "../result/count.ts";

/** DynamoDB bills a write by the kilobyte begun, and twice within a transaction: https://aws.amazon.com/dynamodb/pricing/on-demand/ */
const UNIT_BYTES = 1_024;

/** Items as the progress table has them late in a request: counters only grow. */
export interface CounterSizes {
  /** Characters of a request's id. */
  readonly idLength: number;
  /** Results, and bytes, that one stripe has counted of one POP. */
  readonly popCount: number;
  readonly popBytes: number;
  /** Outcomes that one POP has counters of: warm or hit, and not kept. Each distribution tells tiers, or it does not. */
  readonly popOutcomes: number;
}

const LATE: CounterSizes = { idLength: 36, popCount: 10_000, popBytes: 1e13, popOutcomes: 2 };

/** What a batch costs, in write units. */
export interface BatchUnits {
  /** All of it. */
  readonly total: number;
  /** On the partition key of the request's totals: the stripe, and when a result was counted last. */
  readonly totalsKey: number;
  /** On the partition key of one block of POPs. */
  readonly blockKey: number;
}

/** @param pops how many of a request's POPs a batch has results of; the first ones, failures and outcomes at each of them too */
export function unitsOfBatch(pops: number, sizes: CounterSizes = LATE): BatchUnits {
  const numberOf = new Map(Array.from({ length: pops }, (_, n) => [`POP${n}`, n]));
  const blocks = [...inBlocks(numberOf, numberOf).values()];
  const blockUnits = blocks.map((places) => transacted(blockBytes(places.size, sizes)));
  const totalsKey = transacted(totalsBytes(sizes)) + plain(totalsBytes(sizes));
  return {
    total: blockUnits.reduce((sum, units) => sum + units, totalsKey),
    totalsKey,
    blockKey: Math.max(0, ...blockUnits),
  };
}

/** What the counters of a fleet cost. */
export interface CounterLoad {
  /** Write units of counters for each write unit of results, which are one each. */
  readonly share: number;
  /** Write units a second on the busiest partition key. */
  readonly busiestKey: number;
}

/**
 * @param resultsPerSecond of one request
 * @param batchSize results in a batch
 */
export function counterLoad(resultsPerSecond: number, batchSize: number, pops: number): CounterLoad {
  const batches = resultsPerSecond / batchSize;
  const { total, totalsKey, blockKey } = unitsOfBatch(pops);
  return { share: total / batchSize, busiestKey: batches * Math.max(totalsKey, blockKey) };
}

const KEYS = "key".length + "part".length;
const EXPIRY = "expire_at".length + numberBytes(1_800_000_000);

function totalsBytes({ idLength }: CounterSizes): number {
  const names = Object.keys(NO_COUNT);
  const counters = names.join("").length + names.length * numberBytes(1e15);
  return KEYS + `count##63`.length + idLength + EXPIRY + counters;
}

function blockBytes(pops: number, { idLength, popCount, popBytes, popOutcomes }: CounterSizes): number {
  const ofPop = (3 + popOutcomes) * "c23".length + (2 + popOutcomes) * numberBytes(popCount) + numberBytes(popBytes);
  return KEYS + "pops##1863".length + idLength + EXPIRY + pops * ofPop;
}

/** https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/CapacityUnitCalculations.html: a byte for two digits, and one more. */
function numberBytes(value: number): number {
  return Math.ceil(String(Math.round(value)).length / 2) + 1;
}

function plain(bytes: number): number {
  return Math.ceil(bytes / UNIT_BYTES);
}

function transacted(bytes: number): number {
  return 2 * plain(bytes);
}
