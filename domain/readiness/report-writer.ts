import { randomUUID } from "node:crypto";
import { promisify } from "node:util";
import { gzip as gzipAndCall } from "node:zlib";
import { LISTS, type ListStore, reportPart, resultsKey } from "../plan/lists.ts";
import { type ReportedTask, TASK_ROWS_HEADER, taskRow } from "../result/report.ts";

/** Files of whole gzip members, which come piece by piece. */
export interface SegmentStore {
  put(key: string, bytes: Uint8Array): Promise<void>;
  /** Makes one file of several and of the last bytes; nothing stands under its key until it is whole. */
  join(key: string, parts: readonly string[], last: Uint8Array): Promise<void>;
}

/** Characters of rows that are kept in memory; then they are set aside. */
const KEPT_CHARACTERS = 8_000_000;

/**
 * The report's rows of failed results, as a recount comes to them. There may be millions: some are in memory, the others in
 * objects of the bucket, whose keys are never used again. Two recounts at once so keep theirs apart. The bucket deletes
 * these objects when it deletes the report.
 */
export class ReportRows {
  private rows: ReportedTask[] = [];
  private characters = 0;

  /** @param parts keys of the objects with rows that an earlier run has set aside */
  constructor(
    private readonly lists: Pick<ListStore, "write">,
    private readonly reqId: string,
    readonly parts: string[],
    private readonly keptCharacters = KEPT_CHARACTERS,
  ) {}

  /** @returns whether the rows are so many that they are to be set aside now */
  add(row: ReportedTask): boolean {
    this.rows.push(row);
    this.characters += row.url.length + (row.error?.length ?? 0) + (row.x_amz_cf_id?.length ?? 0);
    return this.characters >= this.keptCharacters;
  }

  async setAside(): Promise<void> {
    if (this.rows.length === 0) return;
    const key = `${this.reqId}/recount/${randomUUID()}.csv`;
    await this.lists.write(reportPart(key), this.reqId, this.rows);
    this.parts.push(key);
    this.rows = [];
    this.characters = 0;
  }

  /** Writes the report: all rows, and then these. */
  async writeReport(...last: readonly Rows[]): Promise<void> {
    await this.lists.write(LISTS.report, this.reqId, inTurn(this.rows, ...last), this.parts);
  }
}

type Rows = Iterable<ReportedTask> | AsyncIterable<ReportedTask>;

async function* inTurn(...all: readonly Rows[]): AsyncGenerator<ReportedTask> {
  for (const some of all) yield* some;
}

const gzip = promisify(gzipAndCall);

/** Characters of rows that are compressed together, and compressed bytes that are kept in memory before they are set aside. */
const BLOCK_CHARACTERS = 1_000_000;
const KEPT_BYTES = 8_000_000;

/**
 * The file of all results, as a recount comes to them: blocks of rows, each a gzip member of its own. As with the report's
 * rows, some are in memory, the others in objects of the bucket, which deletes them when it deletes the file.
 */
export class ResultRows {
  private text: string;
  /** The block before is compressed while rows of the next one come. */
  private readonly blocks: Promise<Uint8Array>[] = [];
  private keptBytes = 0;

  /** @param parts keys of the objects that an earlier run has set aside */
  constructor(
    private readonly files: SegmentStore,
    private readonly reqId: string,
    readonly parts: string[],
    private readonly sizes = { block: BLOCK_CHARACTERS, kept: KEPT_BYTES },
  ) {
    this.text = parts.length === 0 ? TASK_ROWS_HEADER : "";
  }

  /** @returns whether a block is full: then it is to be compressed now */
  add(row: ReportedTask): boolean {
    this.text += taskRow(row);
    return this.text.length >= this.sizes.block;
  }

  async compress(): Promise<void> {
    const before = await this.blocks.at(-1);
    this.keptBytes += before?.length ?? 0;
    if (this.keptBytes >= this.sizes.kept) await this.setAside();
    else this.endBlock();
  }

  async setAside(): Promise<void> {
    this.endBlock();
    if (this.blocks.length === 0) return;
    const key = `${this.reqId}/recount/${randomUUID()}.csv.gz`;
    await this.files.put(key, await this.kept());
    this.parts.push(key);
    this.blocks.length = 0;
    this.keptBytes = 0;
  }

  /** Writes the file: all rows, and then these. */
  async writeFile(last: Iterable<ReportedTask>): Promise<void> {
    for (const row of last) if (this.add(row)) await this.compress();
    this.endBlock();
    const key = resultsKey(this.reqId);
    if (this.parts.length === 0) await this.files.put(key, await this.kept());
    else await this.files.join(key, this.parts, await this.kept());
  }

  private endBlock(): void {
    if (this.text === "") return;
    const block = gzip(this.text, { level: 1 });
    // Whoever waits for it is told of its fault.
    block.catch(() => undefined);
    this.blocks.push(block);
    this.text = "";
  }

  private async kept(): Promise<Uint8Array> {
    return Buffer.concat(await Promise.all(this.blocks));
  }
}
