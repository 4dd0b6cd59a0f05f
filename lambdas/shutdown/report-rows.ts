import { randomUUID } from "node:crypto";
import type { Lists } from "../../aws/lists.ts";
import { LISTS, reportPart } from "../../domain/plan/lists.ts";
import type { ReportedTask } from "../../domain/result/report.ts";

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
    private readonly lists: Pick<Lists, "write">,
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
