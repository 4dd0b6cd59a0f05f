import { Readable } from "node:stream";
import type { Progress, Summary } from "../../client/answers.ts";
import type { Language } from "../../domain/format.ts";
import { findRequest } from "../api/find-request.ts";
import { type PlaceWords, placeOf } from "../body/place-words.ts";
import { CommandError } from "../command-error.ts";
import { connect } from "../direct/connect.ts";
import { EXIT } from "../exit-codes.ts";
import { download } from "../report/download.ts";
import { failedObjects } from "../report/failed-objects.ts";
import { languageOf } from "../report/language-of.ts";
import { put } from "../report/put.ts";
import { timingsOf } from "../report/timings.ts";
import { mention, type Shell } from "../shell.ts";

export interface PageWords extends PlaceWords {
  readonly failed?: boolean;
  readonly all?: boolean;
  readonly lang?: Language;
}

/** The report of a request that has ended as a page to send to others. @param file where it goes; `-` or none: the pipe */
export async function reportPage(
  shell: Shell,
  named: string | undefined,
  words: PageWords,
  file: string | undefined,
): Promise<number> {
  if (words.all === true || words.failed === true)
    throw new CommandError(
      "--all and --failed do not apply to a page",
      "Remove --all and --failed, or use --format csv or json.",
    );
  const client = await connect(shell, placeOf(words));
  const { id } = await findRequest(client, named);
  // It waits until the report is there, and the verdict with it.
  const summary = await client.summary(id);
  const progress = await client.progress(id, { detail: "pops,failures" });
  const { pageOf, MAX_FAILED } = await import("../../console/report/for-command.js");
  const { failed_count } = progress.value;
  const html = pageOf({
    progress: progress.json,
    summary: summary.json,
    language: languageOf(words.lang, shell.env),
    engine: client.kind,
    ...(await timings(shell, client, summary.value, progress.value)),
    ...(failed_count > 0 && failed_count <= MAX_FAILED ? await failed(shell, client, summary.value) : {}),
  });
  await put(shell, file, Readable.from([html]), "html");
  return EXIT.good;
}

type Connected = Awaited<ReturnType<typeof connect>>;

async function timings(shell: Shell, client: Connected, { results_url }: Summary, { pops }: Progress) {
  if (!results_url) return {};
  const recs = new Map(pops.map(({ pop, rec }) => [pop, rec]));
  return orWithout(shell, "timings", async () => ({
    timings: await timingsOf(await download(results_url, client), recs),
  }));
}

async function failed(shell: Shell, client: Connected, { failure_pop_urls_report: link }: Summary) {
  return orWithout(shell, "list of failed tasks", async () => ({
    failed: await failedObjects(await download(link, client)),
  }));
}

/** A page is made where the bucket cannot be reached, too, and says less. */
async function orWithout<T extends object>(shell: Shell, what: string, read: () => Promise<T>): Promise<T | object> {
  try {
    return await read();
  } catch (error) {
    mention(shell, `The page has no ${what}: ${error instanceof Error ? error.message : String(error)}`);
    return {};
  }
}
