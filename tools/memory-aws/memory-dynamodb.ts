// DynamoDB in memory: the operations that the product calls, with conditions, transactions, indexes and streams.
import { createHash } from "node:crypto";
import { isDeepStrictEqual } from "node:util";
import { AwsError } from "./aws-http.ts";
import { holds, type Item, type Placeholders, project, updated } from "./expressions.ts";

export interface TableSchema {
  readonly name: string;
  /** Names of partition key and sort key. */
  readonly keys: readonly string[];
  readonly indexes: ReadonlyMap<string, readonly string[]>;
  /** Answers queries of a table whose items are made up when they are asked for. @default its items are looked through */
  readonly query?: (input: Readonly<Record<string, unknown>>) => object;
}

/** A record of a table's stream, as Lambda hands it to a function. */
export interface StreamRecord {
  readonly eventID: string;
  readonly eventName: "INSERT" | "MODIFY" | "REMOVE";
  readonly dynamodb: {
    readonly Keys: Item;
    readonly NewImage?: Item;
    readonly OldImage?: Item;
    readonly SequenceNumber: string;
  };
}

type Input = Readonly<Record<string, unknown>> & { readonly TableName: string };

interface Write {
  readonly table: MemoryTable;
  readonly key: Item;
  readonly next: Item | undefined;
}

const CONDITION_FAILED = "ConditionalCheckFailedException";
/** How long DynamoDB remembers the token of a transaction. */
const TOKEN_MS = 600_000;

class MemoryTable {
  readonly items = new Map<string, Item>();
  constructor(readonly schema: TableSchema) {}

  keyOf(item: Item): Item {
    return pick(item, this.schema.keys);
  }
}

export class MemoryDynamoDb {
  private readonly tables: ReadonlyMap<string, MemoryTable>;
  private readonly tokens = new Map<string, { readonly digest: string; readonly at: number }>();
  private sequence = 0;

  /** @param onRecord called with each change of a table, in order */
  constructor(
    schemas: readonly TableSchema[],
    private readonly onRecord: (table: string, record: StreamRecord) => void,
  ) {
    this.tables = new Map(schemas.map((schema) => [schema.name, new MemoryTable(schema)]));
  }

  /** All items of a table, in the order of their keys. */
  items(name: string): Item[] {
    const { items } = this.table(name);
    return [...items].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, item]) => item);
  }

  /** @throws AwsError what DynamoDB would answer; Error for an operation that is not supported here */
  call(operation: string, input: Input): unknown {
    const known = this.operations[operation];
    if (known === undefined) throw new Error(`DynamoDB ${operation} is not supported here`);
    return known(input);
  }

  private readonly operations: Readonly<Record<string, (input: Input) => unknown>> = {
    GetItem: (input) => {
      const item = this.get(input.TableName, input["Key"] as Item);
      return item === undefined
        ? {}
        : { Item: project(item, input["ProjectionExpression"] as string | undefined, input as Placeholders) };
    },
    BatchGetItem: (input) => {
      const requests = input["RequestItems"] as Record<string, { Keys: Item[] } & Record<string, unknown>>;
      const count = Object.values(requests).reduce((sum, { Keys }) => sum + Keys.length, 0);
      if (count > 100) throw new AwsError("ValidationException", `${count} keys: a batch has at most 100`);
      for (const [name, { Keys }] of Object.entries(requests)) this.refuseDuplicates(name, Keys);
      const found = Object.entries(requests).map(([name, { Keys, ...rest }]) => [
        name,
        Keys.flatMap((key) => {
          const item = this.get(name, key);
          return item === undefined
            ? []
            : [project(item, rest["ProjectionExpression"] as string, rest as Placeholders)];
        }),
      ]);
      return { Responses: Object.fromEntries(found), UnprocessedKeys: {} };
    },
    Query: (input) => this.query(input),
    PutItem: (input) => this.write([this.put(input)]),
    UpdateItem: (input) => {
      const touched = new Set<string>();
      const write = this.update(input, touched);
      this.write([write]);
      const wanted = input["ReturnValues"] ?? "NONE";
      if (wanted === "NONE") return {};
      if (wanted !== "UPDATED_NEW") throw new Error(`ReturnValues ${wanted} is not supported here`);
      return { Attributes: pick(write.next ?? {}, [...touched]) };
    },
    DeleteItem: (input) => this.write([this.delete(input)]),
    BatchWriteItem: (input) => {
      const requests = input["RequestItems"] as Record<string, Record<string, { Item?: Item; Key?: Item }>[]>;
      const count = Object.values(requests).reduce((sum, entries) => sum + entries.length, 0);
      if (count > 25) throw new AwsError("ValidationException", `${count} items: a batch has at most 25`);
      for (const [TableName, entries] of Object.entries(requests)) {
        const items = entries.map(({ PutRequest, DeleteRequest }) => PutRequest?.Item ?? DeleteRequest?.Key ?? {});
        this.refuseDuplicates(TableName, items);
      }
      for (const [TableName, entries] of Object.entries(requests))
        for (const { PutRequest, DeleteRequest } of entries)
          this.write([
            PutRequest === undefined
              ? this.delete({ TableName, Key: DeleteRequest?.Key })
              : this.put({ TableName, Item: PutRequest.Item }),
          ]);
      return { UnprocessedItems: {} };
    },
    TransactWriteItems: (input) => this.transact(input),
  };

  /** @throws AwsError if two requests of a batch name one key */
  private refuseDuplicates(name: string, items: readonly Item[]): void {
    const table = this.table(name);
    const keys = items.map((item) => JSON.stringify(table.keyOf(item)));
    if (new Set(keys).size < keys.length) throw new AwsError("ValidationException", "A batch names a key twice");
  }

  private transact(input: Input): unknown {
    const entries = input["TransactItems"] as Record<"Put" | "Update" | "Delete", Input | undefined>[];
    const token = input["ClientRequestToken"] as string | undefined;
    const digest = createHash("sha256").update(JSON.stringify(entries)).digest("hex");
    const before = token === undefined ? undefined : this.tokens.get(token);
    if (before !== undefined && Date.now() - before.at < TOKEN_MS) {
      if (before.digest === digest) return {};
      throw new AwsError("IdempotentParameterMismatchException", "The token was used with other items");
    }
    const writes: Write[] = [];
    const reasons = entries.map(({ Put, Update, Delete }) => {
      try {
        if (Put !== undefined) writes.push(this.put(Put));
        else if (Update !== undefined) writes.push(this.update(Update));
        else if (Delete !== undefined) writes.push(this.delete(Delete));
        else throw new Error("TransactWriteItems: ConditionCheck is not supported here");
        return { Code: "None" };
      } catch (error) {
        if (error instanceof AwsError)
          return { Code: "ConditionalCheckFailed", Message: error.message, ...error.fields };
        throw error;
      }
    });
    if (reasons.some(({ Code }) => Code !== "None"))
      throw new AwsError("TransactionCanceledException", "A condition failed", { CancellationReasons: reasons });
    const keys = writes.map(({ table, key }) => `${table.schema.name} ${JSON.stringify(key)}`);
    if (new Set(keys).size < keys.length || keys.length > 100)
      throw new AwsError("ValidationException", "A transaction names a key twice, or more than 100 items");
    this.write(writes);
    if (token !== undefined) this.tokens.set(token, { digest, at: Date.now() });
    return {};
  }

  private put(input: Input): Write {
    const table = this.table(input.TableName);
    const item = input["Item"] as Item;
    this.check(table, table.keyOf(item), input);
    return { table, key: table.keyOf(item), next: item };
  }

  private update(input: Input, touched?: Set<string>): Write {
    const table = this.table(input.TableName);
    const key = input["Key"] as Item;
    const before = this.check(table, key, input);
    return {
      table,
      key,
      next: updated(input["UpdateExpression"] as string, before ?? key, input as Placeholders, touched),
    };
  }

  private delete(input: Input): Write {
    const table = this.table(input.TableName);
    const key = input["Key"] as Item;
    this.check(table, key, input);
    return { table, key, next: undefined };
  }

  /** @returns the item as it stands @throws AwsError if the condition does not hold */
  private check(table: MemoryTable, key: Item, input: Input): Item | undefined {
    const before = table.items.get(JSON.stringify(key));
    if (holds(input["ConditionExpression"] as string | undefined, before ?? {}, input as Placeholders)) return before;
    const old = input["ReturnValuesOnConditionCheckFailure"] === "ALL_OLD" && before !== undefined;
    throw new AwsError(CONDITION_FAILED, "The conditional request failed", old ? { Item: before } : {});
  }

  private write(writes: readonly Write[]): object {
    for (const { table, key, next } of writes) {
      const id = JSON.stringify(pick(key, table.schema.keys));
      const before = table.items.get(id);
      if (next === undefined) table.items.delete(id);
      else table.items.set(id, next);
      // A write that changes nothing leaves no record: as DynamoDB.
      if (!isDeepStrictEqual(before, next)) this.record(table.schema.name, key, before, next);
    }
    return {};
  }

  private record(table: string, Keys: Item, before: Item | undefined, next: Item | undefined): void {
    const SequenceNumber = String(++this.sequence).padStart(12, "0");
    this.onRecord(table, {
      eventID: SequenceNumber,
      eventName: before === undefined ? "INSERT" : next === undefined ? "REMOVE" : "MODIFY",
      dynamodb: {
        Keys,
        SequenceNumber,
        ...(next === undefined ? {} : { NewImage: next }),
        ...(before === undefined ? {} : { OldImage: before }),
      },
    });
  }

  private query(input: Input): object {
    const table = this.table(input.TableName);
    if (table.schema.query !== undefined) return table.schema.query(input);
    const index = input["IndexName"] as string | undefined;
    const keys = index === undefined ? table.schema.keys : table.schema.indexes.get(index);
    if (keys === undefined) throw new AwsError("ValidationException", `The table has no index ${index}`);
    const sortKey = keys[1];
    const condition = input["KeyConditionExpression"] as string;
    const found = [...table.items]
      .filter(([, item]) => holds(condition, item, input as Placeholders))
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([, item]) => item);
    if (sortKey !== undefined) found.sort((a, b) => compareStrings(a[sortKey]?.["S"], b[sortKey]?.["S"]));
    if (input["ScanIndexForward"] === false) found.reverse();
    const start = input["ExclusiveStartKey"] as Item | undefined;
    const startKey = start && table.keyOf(start);
    const from = startKey === undefined ? 0 : found.findIndex((it) => isDeepStrictEqual(table.keyOf(it), startKey)) + 1;
    const limit = (input["Limit"] as number | undefined) ?? found.length;
    const page = found.slice(from, from + limit);
    const last = page.at(-1);
    const kept = page.filter((item) =>
      holds(input["FilterExpression"] as string | undefined, item, input as Placeholders),
    );
    const isMore = last !== undefined && from + limit < found.length;
    return {
      Items: kept.map((item) =>
        project(item, input["ProjectionExpression"] as string | undefined, input as Placeholders),
      ),
      Count: kept.length,
      ScannedCount: page.length,
      ...(isMore ? { LastEvaluatedKey: pick(last, [...table.schema.keys, ...keys]) } : {}),
    };
  }

  private get(table: string, key: Item): Item | undefined {
    return this.table(table).items.get(JSON.stringify(pick(key, this.table(table).schema.keys)));
  }

  private table(name: string): MemoryTable {
    const table = this.tables.get(name);
    if (table === undefined) throw new AwsError("ResourceNotFoundException", `There is no table ${name}`);
    return table;
  }
}

function pick(item: Item, names: readonly string[]): Item {
  return Object.fromEntries(names.flatMap((name) => (item[name] === undefined ? [] : [[name, item[name]]])));
}

function compareStrings(a: unknown, b: unknown): number {
  return String(a) < String(b) ? -1 : String(a) > String(b) ? 1 : 0;
}
