import { gunzipSync } from "node:zlib";
import { parse } from "csv-parse/sync";
import type { ResultFiles } from "../../../aws/lists.ts";
import type { Public } from "./public.ts";

export class FakeResultFiles implements Public<ResultFiles> {
  readonly objects = new Map<string, Uint8Array>();

  async put(key: string, bytes: Uint8Array) {
    this.objects.set(key, bytes);
  }
  async join(key: string, parts: readonly string[], last: Uint8Array) {
    const before = parts.map((part) => {
      const bytes = this.objects.get(part);
      if (bytes === undefined) throw new Error(`no ${part}`);
      return bytes;
    });
    this.objects.set(key, Buffer.concat([...before, last]));
  }
  /** The rows of the report with its header; undefined: there is none. */
  report(key = "r1/report.csv"): string[][] | undefined {
    const bytes = this.objects.get(key);
    return bytes === undefined ? undefined : parse(Buffer.from(bytes));
  }
  /** The lines of the file of all results, without its header. */
  lines(key = "r1/results.csv.gz"): string[] {
    const bytes = this.objects.get(key);
    if (bytes === undefined) throw new Error(`no ${key}`);
    return gunzipSync(bytes).toString("utf8").trimEnd().split("\n").slice(1);
  }
}
