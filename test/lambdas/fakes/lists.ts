import { gunzipSync } from "node:zlib";
import { parse } from "csv-parse/sync";
import type { Lists } from "../../../aws/lists.ts";
import type { CheckpointKind, ReadableList, WritableList } from "../../../domain/plan/lists.ts";
import type { Public } from "../../../tools/local/fake-deps.ts";
import { collect } from "../../collect.ts";

export class FakeLists implements Public<Lists> {
  /** Objects that are no lists, by key. */
  readonly files = new Map<string, Uint8Array>();
  /** Checkpoints as JSON, by key. */
  readonly checkpoints = new Map<string, string>();

  /** @param objects the rows of each list, by its key */
  constructor(readonly objects: Record<string, readonly string[][]> = {}) {}

  async *read<T>(list: ReadableList<T>, reqId: string) {
    const rows = this.objects[list.key(reqId)];
    if (rows === undefined) throw Object.assign(new Error(`no ${list.key(reqId)}`), { name: "NoSuchKey" });
    for (const row of list.hasHeader === true ? rows.slice(1) : rows) yield list.fromRow([...row]);
  }
  async write<T>(list: WritableList<T>, reqId: string, entries: AsyncIterable<T> | Iterable<T>) {
    const rows = await collect(entries);
    this.objects[list.key(reqId)] = rows.map((entry) => list.toRow(entry).map((value) => String(value ?? "")));
  }
  async delete({ key }: { readonly key: (reqId: string) => string }, reqId: string) {
    delete this.objects[key(reqId)];
    this.checkpoints.delete(key(reqId));
  }
  async readCheckpoint<T>({ key, schema }: CheckpointKind<T>, reqId: string) {
    const text = this.checkpoints.get(key(reqId));
    return text === undefined ? undefined : schema.parse(JSON.parse(text));
  }
  async writeCheckpoint<T>({ key }: CheckpointKind<T>, reqId: string, state: T) {
    this.checkpoints.set(key(reqId), JSON.stringify(state));
  }
  async text(key: string, maxBytes: number) {
    const bytes = this.files.get(key);
    if (bytes !== undefined && bytes.length > maxBytes) throw new Error(`${key} has ${bytes.length} bytes`);
    return bytes === undefined ? undefined : Buffer.from(bytes).toString("utf8");
  }
  async put(key: string, bytes: Uint8Array) {
    this.files.set(key, bytes);
  }
  async join(key: string, parts: readonly string[], last: Uint8Array) {
    const before = parts.map((part) => {
      const bytes = this.files.get(part);
      if (bytes === undefined) throw new Error(`no ${part}`);
      return bytes;
    });
    this.files.set(key, Buffer.concat([...before, last]));
  }
  async link(key: string, fileName: string) {
    return `https://bucket.example/${key}?signed&as=${fileName}`;
  }

  /** The rows of the report with its header; undefined: there is none. */
  report(key = "r1/report.csv"): string[][] | undefined {
    const bytes = this.files.get(key);
    return bytes === undefined ? undefined : parse(Buffer.from(bytes));
  }
  /** The lines of the file of all results, without its header. */
  lines(key = "r1/results.csv.gz") {
    const bytes = this.files.get(key);
    if (bytes === undefined) throw new Error(`no ${key}`);
    return gunzipSync(bytes).toString("utf8").trimEnd().split("\n").slice(1);
  }
}
