import { shortId } from "../../client/request-ids.ts";
import { isTerminal } from "../../domain/request/lifecycle.ts";
import { findRequest } from "../api/find-request.ts";
import { type PlaceWords, placeOf } from "../body/place-words.ts";
import { CommandError } from "../command-error.ts";
import { connect } from "../direct/connect.ts";
import { EXIT } from "../exit-codes.ts";
import { mention, type Shell, say, sayJson } from "../shell.ts";
import { isWanted } from "../watch/question.ts";
import { stopQuestion } from "../watch/watch.ts";

export interface StopWords extends PlaceWords {
  readonly yes?: boolean;
}

/** Stops a request. What is warm stays warm; instances that no other request needs are ended. */
export async function stop(shell: Shell, named: string, words: StopWords): Promise<number> {
  const client = await connect(shell, placeOf(words));
  const { id } = await findRequest(client, named);
  const { value: progress } = await client.progress(id);
  if (isTerminal(progress.status))
    throw new CommandError(
      `${shortId(id)} has ended: ${progress.status}`,
      `To see the result: prewarm status ${shortId(id)}`,
    );
  if (!(await isWanted(shell, `${shortId(id)}: ${stopQuestion(progress)}`, words.yes))) {
    mention(shell, "The request continues.");
    return EXIT.good;
  }
  const { json } = await client.stop(id);
  if (words.json === true) sayJson(shell, json);
  else say(shell, `${shortId(id)} is stopped. Objects that are warm stay warm.`);
  mention(shell, `To warm the rest: prewarm retry ${shortId(id)}`);
  return EXIT.good;
}
