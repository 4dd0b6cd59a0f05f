import type { Lists } from "../../../aws/lists.ts";
import type { ReadableList, WritableList } from "../../../domain/plan/lists.ts";
import { collect } from "../../collect.ts";
import type { Public } from "./public.ts";

export class FakeLists implements Public<Lists> {
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
  async delete<T>(list: ReadableList<T>, reqId: string) {
    delete this.objects[list.key(reqId)];
  }

  async link(key: string, fileName: string) {
    return `https://bucket.example/${key}?signed&as=${fileName}`;
  }
}
