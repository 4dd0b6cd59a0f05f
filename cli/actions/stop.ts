import { setTimeout as sleep } from "node:timers/promises";
import type { Listed } from "../../client/answers.ts";
import { shortId } from "../../client/request-ids.ts";
import { isTerminal, STATUSES } from "../../domain/request/lifecycle.ts";
import type { Api } from "../api/client.ts";
import { findRequest } from "../api/find-request.ts";
import { isRefused } from "../api/refusal.ts";
import { type PlaceWords, placeOf } from "../body/place-words.ts";
import { CommandError } from "../command-error.ts";
import { connect } from "../direct/connect.ts";
import { EXIT } from "../exit-codes.ts";
import { many } from "../output/figures.ts";
import { command, mention, type Shell, say, sayJson } from "../shell.ts";
import { isWanted } from "../watch/question.ts";
import { stopQuestion } from "../watch/watch.ts";

export interface StopWords extends PlaceWords {
  readonly yes?: boolean;
  /** ID of an API key. */
  readonly key?: string;
}

/** As many as one call may list. */
const PAGE = 100;
/** The index behind the list is eventually consistent: a request may appear in it after the first pass. */
const MAX_PASSES = 3;
const PASS_PAUSE_MS = 1_000;

/** Stops a request, or all of a key. What is warm stays warm; instances that no other request needs are ended. */
export async function stop(shell: Shell, named: string | undefined, words: StopWords): Promise<number> {
  const { key } = words;
  if ((named === undefined) === (key === undefined))
    throw new CommandError(
      named === undefined ? "no request is named" : "a request and --key cannot be combined",
      (command) => `Give the ID of a request, or --key with the ID of an API key: \`${command("list")}\` shows both.`,
    );
  const client = await connect(shell, placeOf(words));
  return key === undefined ? stopOne(shell, client, named ?? "", words) : stopKey(shell, client, key, words);
}

async function stopOne(shell: Shell, client: Api, named: string, words: StopWords): Promise<number> {
  const { id } = await findRequest(client, named);
  const { value: progress } = await client.progress(id);
  if (isTerminal(progress.status))
    throw new CommandError(
      `${shortId(id)} has ended: ${progress.status}`,
      (command) => `To see the result: ${command("status", shortId(id))}`,
    );
  if (!(await isWanted(shell, `${shortId(id)}: ${stopQuestion(progress)}`, words.yes))) {
    mention(shell, "The request continues.");
    return EXIT.good;
  }
  const { json } = await client.stop(id);
  if (words.json === true) sayJson(shell, json);
  else say(shell, `${shortId(id)} is stopped. Objects that are warm stay warm.`);
  mention(shell, `To warm the rest: ${command(shell, "retry", shortId(id))}`);
  return EXIT.good;
}

/** Stops what runs of a key, until the list has no new request. One that ends meanwhile is none of these. */
async function stopKey(shell: Shell, client: Api, key: string, words: StopWords): Promise<number> {
  if (client.kind === "direct")
    throw new CommandError(
      "--key: direct runs have no API key",
      (command) => `To stop a direct run: ${command("stop", "ID")}`,
    );
  let running = await runningOf(client, key);
  const what = many(running.length, "running request");
  if (running.length > 0 && !(await isWanted(shell, `Stop ${what} of the API key ${key}?`, words.yes))) {
    mention(shell, "The requests continue.");
    return EXIT.good;
  }
  const stopped: string[] = [];
  const failures: unknown[] = [];
  const tried = new Set<string>();
  for (let pass = 1; running.length > 0; pass++) {
    for (const { request_id: id } of running) {
      tried.add(id);
      try {
        await client.stop(id);
        stopped.push(id);
      } catch (error) {
        if (!isRefused(error, 409)) failures.push(error);
      }
    }
    if (pass === MAX_PASSES) break;
    await sleep(PASS_PAUSE_MS);
    running = (await runningOf(client, key)).filter(({ request_id: id }) => !tried.has(id));
  }
  if (words.json === true) sayJson(shell, { stopped });
  else say(shell, `Stopped ${many(stopped.length, "request")} of the API key ${key}.`);
  if (failures.length > 0) throw failures[0];
  mention(shell, "The key can start new requests until it is disabled or deleted in API Gateway.");
  return EXIT.good;
}

/** The requests of a key that have not ended. Statuses in their order: one that moves on meanwhile is found in a later one. */
async function runningOf(client: Api, key: string): Promise<Listed[]> {
  const found = new Map<string, Listed>();
  for (const status of STATUSES.filter((it) => !isTerminal(it))) {
    let next: string | undefined;
    do {
      const { value } = await client.requests({ limit: PAGE, status, next });
      for (const it of value.requests) if (it.key_id === key && !isTerminal(it.status)) found.set(it.request_id, it);
      next = value.next ?? undefined;
    } while (next !== undefined);
  }
  return [...found.values()];
}
