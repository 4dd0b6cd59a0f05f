import type { FakeTable, Input } from "../../local/fake-aws.ts";

type Attributes = Readonly<Record<string, { readonly S?: string; readonly N?: string }>>;

/** An update as the SDK sends it. */
interface Update {
  readonly Key: Attributes;
  readonly UpdateExpression: string;
  readonly ExpressionAttributeNames?: Readonly<Record<string, string>>;
  readonly ExpressionAttributeValues: Attributes;
}

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
  private units = 0;

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
    let counted = 0;
    for (const { key, numbers } of this.items.values()) {
      if (key.startsWith("count#")) counted += numbers.get("download_count") ?? 0;
    }
    const [busiest = "", most = 0] = [...this.unitsByKey].reduce<[string, number]>(
      (a, b) => (b[1] > a[1] ? b : a),
      ["", 0],
    );
    return { units: this.units, busiest, most, counted };
  }

  update(input: Input, inTransaction: boolean): void {
    const update = input as unknown as Update;
    const { key, part } = { key: update.Key["key"]?.S ?? "", part: update.Key["part"]?.S ?? "" };
    const id = `${key} ${part}`;
    const item = this.items.get(id) ?? { key, part, numbers: new Map<string, number>() };
    this.items.set(id, item);
    for (const [, name = "", value = ""] of update.UpdateExpression.matchAll(/(#?\w+)\s*=?\s*(:\w+)/g)) {
      const attribute = update.ExpressionAttributeNames?.[name] ?? name;
      const by = Number(update.ExpressionAttributeValues[value]?.N ?? 0);
      const adds = update.UpdateExpression.includes(`${name} ${value}`);
      item.numbers.set(attribute, adds ? (item.numbers.get(attribute) ?? 0) + by : by);
    }
    const units = Math.ceil(sizeOf(item) / UNIT_BYTES) * (inTransaction ? 2 : 1);
    this.units += units;
    this.unitsByKey.set(key, (this.unitsByKey.get(key) ?? 0) + units);
  }
}

/** Names and values: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/CapacityUnitCalculations.html */
function sizeOf({ key, part, numbers }: Item): number {
  let bytes = "key".length + key.length + "part".length + part.length;
  for (const [name, value] of numbers) bytes += name.length + Math.ceil(String(value).length / 2) + 1;
  return bytes;
}
