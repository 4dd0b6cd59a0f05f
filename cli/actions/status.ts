import { isTerminal } from "../../domain/request/lifecycle.ts";
import { findRequest } from "../api/find-request.ts";
import { type PlaceWords, placeOf } from "../body/place-words.ts";
import { connect } from "../direct/connect.ts";
import { exitCodeOf } from "../exit-code.ts";
import { EXIT } from "../exit-codes.ts";
import { lookOf } from "../output/look.ts";
import { type Shell, say, sayJson } from "../shell.ts";
import { summaryOf, tellEnding } from "../watch/ending.ts";
import { sentenceOf } from "../watch/sentence-of.ts";
import { statusLines } from "../watch/status-lines.ts";
import { waitFor } from "./wait-for.ts";

export interface StatusWords extends PlaceWords {
  readonly watch?: boolean;
  readonly pops?: boolean;
  readonly failures?: boolean;
}

/** Where a request stands: the newest one, if none is named. */
export async function status(shell: Shell, named: string | undefined, words: StatusWords): Promise<number> {
  const client = await connect(shell, placeOf(words));
  const { id, listed } = await findRequest(client, named);
  const json = words.json === true;
  if (words.watch === true) return waitFor(shell, client, id, { json, listed });
  const details = (["pops", "failures"] as const).filter((detail) => words[detail] === true);
  const answer = await client.progress(id, { detail: details.join(",") });
  const progress = answer.value;
  const ended = isTerminal(progress.status);
  if (json) {
    sayJson(shell, answer.json);
    return ended ? exitCodeOf(progress, (await summaryOf(client, id))?.value) : EXIT.good;
  }
  const sentence = sentenceOf(progress, shell);
  // At the end, the summary has the failures too.
  const shown = ended ? { ...progress, failures: undefined } : progress;
  const known = { listed, sentence: ended ? undefined : sentence, isDirect: client.kind === "direct" };
  for (const line of statusLines(shown, known, lookOf(shell))) say(shell, line);
  return ended ? tellEnding(shell, client, progress, json) : EXIT.good;
}
