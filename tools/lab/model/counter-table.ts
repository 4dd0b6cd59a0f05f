import * as z from "zod";
import type { FakeTable, Input } from "../../local/fake-aws.ts";

const attributesSchema = z.record(z.string(), z.object({ S: z.string().optional(), N: z.string().optional() }));
const updateSchema = z.object({
  Key: attributesSchema,
  UpdateExpression: z.string(),
  ExpressionAttributeNames: z.record(z.string(), z.string()).default({}),
  ExpressionAttributeValues: attributesSchema,
});

/** A write is billed by the KiB begun, and twice in a transaction. */
const UNIT_BYTES = 1_024;

interface Item {
  readonly key: string;
  readonly part: string;
  readonly numbers: Map<string, number>;
}

/** A table of counters: adds what updates add, and counts the write units of each partition key. */
export class CounterTable implements FakeTable {
  private readonly items = new Map<string, Item>();
  private readonly unitsByKey = new Map<string, number>();

  /** All items of a partition key, as DynamoDB answers. */
  query(key: string): object {
    const Items = [...this.items.values()]
      .filter((item) => item.key === key)
      .map(({ part, numbers }) => ({
        key: { S: key },
        part: { S: part },
        ...Object.fromEntries([...numbers].map(([name, value]) => [name, { N: String(value) }])),
      }));
    return { Items, Count: Items.length };
  }

  /** Write units of all keys and of the busiest, and what the shards of the totals count. */
  state() {
    const units = [...this.unitsByKey.values()];
    const totals = [...this.items.values()].filter(({ key }) => key.startsWith("count#"));
    return {
      units: units.reduce((sum, it) => sum + it, 0),
      most: Math.max(0, ...units),
      counted: totals.reduce((sum, { numbers }) => sum + (numbers.get("download_count") ?? 0), 0),
    };
  }

  update(input: Input, inTransaction: boolean): void {
    const update = updateSchema.parse(input);
    const { key, part } = { key: update.Key["key"]?.S ?? "", part: update.Key["part"]?.S ?? "" };
    const id = `${key} ${part}`;
    const item = this.items.get(id) ?? { key, part, numbers: new Map<string, number>() };
    this.items.set(id, item);
    for (const [, name = "", value = ""] of update.UpdateExpression.matchAll(/(#?\w+)\s*=?\s*(:\w+)/g)) {
      const attribute = update.ExpressionAttributeNames[name] ?? name;
      const by = Number(update.ExpressionAttributeValues[value]?.N ?? 0);
      const adds = update.UpdateExpression.includes(`${name} ${value}`);
      item.numbers.set(attribute, adds ? (item.numbers.get(attribute) ?? 0) + by : by);
    }
    const units = Math.ceil(sizeOf(item) / UNIT_BYTES) * (inTransaction ? 2 : 1);
    this.unitsByKey.set(key, (this.unitsByKey.get(key) ?? 0) + units);
  }
}

/** Names and values: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/CapacityUnitCalculations.html */
function sizeOf({ key, part, numbers }: Item): number {
  let bytes = "key".length + key.length + "part".length + part.length;
  for (const [name, value] of numbers) bytes += name.length + Math.ceil(String(value).length / 2) + 1;
  return bytes;
}
