import { randomUUID } from "node:crypto";
import { promisify } from "node:util";
import { gzip as gzipAndCall } from "node:zlib";
import { csvRow } from "../csv.ts";
import { LISTS, type RequestFiles, resultsKey } from "../plan/lists.ts";
import { REPORT_HEADER, RESULTS_HEADER, type ReportRow } from "../result/report.ts";

/** A file of rows of tasks. */
interface FileFormat {
  readonly key: (reqId: string) => string;
  readonly columns: readonly (keyof ReportRow)[];
  /** Encoded blocks may follow one another in the file. */
  readonly encode: (text: string) => Promise<Uint8Array>;
}

/** A row a task that failed or has no result, an unreadable URL, and a POP that did not resolve. */
export const REPORT_FILE: FileFormat = {
  key: LISTS.report.key,
  columns: REPORT_HEADER,
  encode: async (text) => Buffer.from(text),
};

const gzip = promisify(gzipAndCall);

/** A row a task. Each block is a gzip member of its own. */
export const RESULTS_FILE: FileFormat = {
  key: resultsKey,
  columns: RESULTS_HEADER,
  encode: (text) => gzip(text, { level: 1 }),
};

/** Characters of rows that are encoded together: in memory, they take several times the room of their bytes. */
const BLOCK_CHARACTERS = 1_000_000;
/** Encoded bytes that are kept in memory before they are set aside as a segment. */
const SEGMENT_BYTES = 8_000_000;

/**
 * A file of rows, which may be millions: the last ones are in memory, the others in segments, which are objects of the bucket whose
 * keys are never used again. Concurrent recounts so keep theirs apart. The bucket deletes the segments when
 * it deletes the file.
 */
export class SegmentedFile {
  private text: string;
  private blocks: Uint8Array[] = [];
  private keptBytes = 0;

  /** @param segments keys of those that an earlier run has set aside */
  constructor(
    private readonly store: RequestFiles,
    private readonly format: FileFormat,
    private readonly reqId: string,
    readonly segments: string[] = [],
    private readonly sizes = { block: BLOCK_CHARACTERS, segment: SEGMENT_BYTES },
  ) {
    this.text = segments.length === 0 ? csvRow(format.columns) : "";
  }

  async add(row: ReportRow): Promise<void> {
    this.text += csvRow(this.format.columns.map((name) => row[name]));
    if (this.text.length < this.sizes.block) return;
    await this.encodeBlock();
    if (this.keptBytes >= this.sizes.segment) await this.setAside();
  }

  /** Writes a segment of what is in memory. */
  async setAside(): Promise<void> {
    await this.encodeBlock();
    if (this.keptBytes === 0) return;
    const key = this.format.key(`${this.reqId}/recount/${randomUUID()}`);
    await this.store.put(key, Buffer.concat(this.blocks));
    this.segments.push(key);
    this.blocks = [];
    this.keptBytes = 0;
  }

  /** Writes the file: all rows that were added, in this run and in those before. */
  async finish(): Promise<void> {
    await this.encodeBlock();
    const key = this.format.key(this.reqId);
    const last = Buffer.concat(this.blocks);
    if (this.segments.length === 0) await this.store.put(key, last);
    else await this.store.join(key, this.segments, last);
  }

  private async encodeBlock(): Promise<void> {
    if (this.text === "") return;
    const block = await this.format.encode(this.text);
    this.text = "";
    this.blocks.push(block);
    this.keptBytes += block.length;
  }
}
