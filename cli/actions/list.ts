import type { Listed } from "../../client/answers.ts";
import { shortId } from "../../client/request-ids.ts";
import { elapsed } from "../../domain/durations.ts";
import { completeOf } from "../../domain/readiness/task-states.ts";
import { isTerminal, type Status, statusSchema } from "../../domain/request/lifecycle.ts";
import { parseTimestamp } from "../../domain/timestamps.ts";
import { wholeNumber } from "../body/number.ts";
import { type PlaceWords, placeOf } from "../body/place-words.ts";
import { CommandError } from "../command-error.ts";
import { connect } from "../direct/connect.ts";
import { EXIT } from "../exit-codes.ts";
import { cleanLine } from "../output/clean.ts";
import { count } from "../output/figures.ts";
import { lookOf } from "../output/look.ts";
import { type Column, cut, table } from "../output/table.ts";
import { command, mention, type Shell, say, sayJson } from "../shell.ts";
import { sentenceOf } from "../watch/sentence-of.ts";

export interface ListWords extends PlaceWords {
  readonly limit: string;
  readonly status?: string;
}

/** The newest requests. One that has ended shows its readiness verdict, if that is known. */
export async function list(shell: Shell, words: ListWords): Promise<number> {
  const limit = wholeNumber("--limit", words.limit, 1);
  const status = statusOf(words.status);
  const client = await connect(shell, placeOf(words));
  const { value, json } = await client.requests({ limit, status });
  if (client.kind === "direct") for (const problem of await client.damaged()) mention(shell, `! ${cleanLine(problem)}`);
  if (words.json === true) {
    sayJson(shell, json);
    return EXIT.good;
  }
  if (value.requests.length === 0)
    mention(shell, `There are no requests. To start one: ${command(shell, "warm", "URL")}`);
  else {
    const look = lookOf(shell);
    const says = look.width === undefined || look.width >= SENTENCE_FROM;
    const haveKeys = value.requests.some(({ key_id }) => key_id !== undefined);
    const rows = value.requests.map((request) => [
      ...rowOf(request),
      ...(haveKeys ? [request.key_id ?? ""] : []),
      ...(says
        ? [
            cut(urlsOf(request), look.width === undefined ? Number.POSITIVE_INFINITY : MAX_URL_CHARACTERS),
            sentenceOf(request, shell),
          ]
        : [urlsOf(request)]),
    ]);
    const columns = [...COLUMNS, ...(haveKeys ? [KEY] : []), ...(says ? SENTENCE : URLS)];
    for (const line of table(columns, rows, look)) say(shell, line);
  }
  if (value.next !== null && shell.stdout.isTTY === true)
    mention(shell, "There are more requests: use --limit 100, or --json and its field next.");
  return EXIT.good;
}

/** @throws CommandError that names the option */
function statusOf(word: string | undefined): Status | undefined {
  if (word === undefined) return undefined;
  const { data: status } = statusSchema.safeParse(word.toUpperCase());
  if (status !== undefined) return status;
  throw new CommandError(`--status: '${word}' is not a status`, `Use one of ${statusSchema.options.join(", ")}.`);
}

const COLUMNS = [
  ...[{ head: "ID" }, { head: "STATUS" }, { head: "%", align: "right" }],
  ...[
    { head: "TASKS", align: "right", dropped: 3 },
    { head: "WARM", align: "right", dropped: 2 },
  ],
  ...[
    { head: "FAILED", align: "right" },
    { head: "AGE", align: "right", dropped: 1 },
  ],
] as const satisfies readonly Column[];

/** The ID of the API key, which direct runs lack. */
const KEY: Column = { head: "KEY", dropped: 0 };

/** From so many cells on, and in a pipe, each row ends in the sentence: the one of `status`, as far as the list knows. */
const SENTENCE_FROM = 160;
const SENTENCE: readonly Column[] = [{ head: "URLS" }, { head: "SENTENCE", gives: true }];
const URLS: readonly Column[] = [{ head: "URLS", gives: true }];
/** Beside a sentence, on a terminal. */
const MAX_URL_CHARACTERS = 40;

const VERDICTS = {
  ready: "ready",
  ready_with_exceptions: "ready, exceptions",
  not_ready: "not ready",
  not_verified: "not verified",
} as const;

function rowOf(it: Listed): string[] {
  const verdict = it.status === "FINISHED" && it.verdict ? VERDICTS[it.verdict] : undefined;
  const now = parseTimestamp(it.timestamp);
  return [
    shortId(it.request_id),
    verdict ?? (isTerminal(it.status) ? it.status.toLowerCase() : it.status),
    `${completeOf(it).percent}%`,
    count(it.total_count),
    count(it.warm_count),
    count(it.failed_count),
    elapsed(now - parseTimestamp(it.created_at), "en"),
  ];
}

function urlsOf({ url_prefix }: Listed): string {
  return url_prefix.replace(/^https?:\/\//, "");
}
