import type { Lists } from "../../../aws/lists.ts";
import type { ReadableList, RequestList } from "../../../domain/plan/lists.ts";
import { collect } from "../../collect.ts";
import type { Public } from "./public.ts";

export class FakeLists implements Public<Lists> {
  /** @param objects the rows of each list, by its key */
  constructor(readonly objects: Record<string, readonly string[][]> = {}) {}

  async *read<T, Written>(list: ReadableList<T, Written>, reqId: string) {
    const rows = this.rowsAt(list.key(reqId));
    for (const row of list.header === undefined ? rows : rows.slice(1)) yield list.fromRow([...row]);
  }
  async write<T>(
    list: RequestList<T>,
    reqId: string,
    entries: AsyncIterable<T> | Iterable<T>,
    parts: readonly string[] = [],
  ) {
    const before = parts.flatMap((key) => this.rowsAt(key));
    const rows = (await collect(entries)).map((entry) => list.toRow(entry).map((value) => String(value ?? "")));
    const header = list.header === undefined ? [] : [[...list.header]];
    this.objects[list.key(reqId)] = [...header, ...before, ...rows];
  }
  async delete<T>(list: RequestList<T>, reqId: string) {
    delete this.objects[list.key(reqId)];
  }

  async link(key: string, fileName: string) {
    return `https://bucket.example/${key}?signed&as=${fileName}`;
  }

  private rowsAt(key: string): readonly string[][] {
    const rows = this.objects[key];
    if (rows === undefined) throw Object.assign(new Error(`no ${key}`), { name: "NoSuchKey" });
    return rows;
  }
}
