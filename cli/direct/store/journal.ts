import { type FileHandle, open } from "node:fs/promises";
import { errorCode } from "../../../domain/net/resolver.ts";
import { type ReportedResult, reportedResultSchema } from "../../../domain/result/report.ts";
import type { TaskResult } from "../../../domain/result/task-result.ts";
import { CommandError } from "../../command-error.ts";

const BLOCK_BYTES = 262_144;
const LINE_END = 10;

/**
 * The results of a run, a line of JSON each, appended as they come. The newest line of a task counts. A process that dies in the middle of
 * a write leaves a last line without an end: it does not count.
 */
export class Journal {
  private file: FileHandle | undefined;
  /** The last write: none overtakes another. */
  private writing: Promise<void> = Promise.resolve();
  /** Lines for the next write, and the write: what comes while one is under way is written together. */
  private lines = "";
  private next: Promise<void> | undefined;

  constructor(private readonly path: string) {}

  /** Appends from now on. A last line without an end is cut off. */
  async open(): Promise<void> {
    this.file = await open(this.path, "a+", 0o600);
    await this.file.truncate(await endOfLines(this.file));
  }

  /** @throws what the file system does: the disk is full. Then nothing more is written: it may have left half a line */
  append(results: readonly TaskResult[]): Promise<void> {
    for (const result of results) this.lines += `${JSON.stringify(lineOf(result))}\n`;
    this.next ??= this.writing.then(() => this.writeLines());
    this.writing = this.next;
    return this.next;
  }

  private async writeLines(): Promise<void> {
    const { lines } = this;
    this.lines = "";
    this.next = undefined;
    await this.file?.appendFile(lines);
  }

  async close(): Promise<void> {
    await this.settled();
    await this.file?.close();
    this.file = undefined;
  }

  /** The newest first. Of a task that has several, the first one so counts. @throws CommandError for a line that is no result */
  async *newestFirst(): AsyncGenerator<ReportedResult> {
    await this.settled();
    const file = await open(this.path, "r").catch((error: unknown) => {
      if (errorCode(error) === "ENOENT") return undefined;
      throw error;
    });
    try {
      if (file !== undefined) for await (const line of linesBackwards(file)) yield this.parse(line);
    } finally {
      await file?.close();
    }
  }

  /** Whoever wrote has its errors. */
  private async settled(): Promise<void> {
    await this.writing.catch(() => undefined);
  }

  private parse(line: string): ReportedResult {
    try {
      return reportedResultSchema.parse(JSON.parse(line));
    } catch (cause) {
      throw new CommandError(
        `${this.path} is damaged: a line is not a result: ${line.slice(0, 80)}`,
        (command) => `The run cannot be read. To warm the URLs again: ${command("warm")}`,
        { cause },
      );
    }
  }
}

/** All that the keys and the run do not say. */
function lineOf({ task_key: _, pop_url: __, req_id: ___, agent: ____, expire_at: _____, ...line }: TaskResult) {
  return line;
}

/** Where the last whole line of a file ends. */
async function endOfLines(file: FileHandle): Promise<number> {
  for (let end = (await file.stat()).size; end > 0; ) {
    const start = Math.max(0, end - BLOCK_BYTES);
    const last = (await bytesAt(file, start, end)).lastIndexOf(LINE_END);
    if (last >= 0) return start + last + 1;
    end = start;
  }
  return 0;
}

/** The whole lines of a file, the last one first. */
async function* linesBackwards(file: FileHandle): AsyncGenerator<string> {
  /** The beginning of the line whose rest is in `rest`, which lies behind the current block. */
  let rest: Buffer[] = [];
  for (let end = await endOfLines(file); end > 0; ) {
    const start = Math.max(0, end - BLOCK_BYTES);
    const block = await bytesAt(file, start, end);
    let to = block.length;
    // The last character of the last line is its end.
    for (
      let at = block.lastIndexOf(LINE_END, to - 1);
      at >= 0;
      at = to === 0 ? -1 : block.lastIndexOf(LINE_END, to - 1)
    ) {
      const line = Buffer.concat([block.subarray(at + 1, to), ...rest]);
      if (line.length > 0) yield line.toString("utf8");
      rest = [];
      to = at;
    }
    rest = [block.subarray(0, to), ...rest];
    end = start;
  }
  const first = Buffer.concat(rest);
  if (first.length > 0) yield first.toString("utf8");
}

async function bytesAt(file: FileHandle, start: number, end: number): Promise<Buffer> {
  const bytes = Buffer.alloc(end - start);
  await file.read(bytes, 0, bytes.length, start);
  return bytes;
}
