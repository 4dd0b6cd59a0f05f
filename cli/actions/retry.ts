import { connect } from "../api/connect.ts";
import { findRequest } from "../api/find-request.ts";
import { type RequestWords, settingsOf } from "../body/body.ts";
import { type PlaceWords, placeOf } from "../body/place-words.ts";
import type { Shell } from "../shell.ts";
import { start } from "./start.ts";

export interface RetryWords extends PlaceWords, RequestWords {
  readonly wait?: boolean;
}

/** Warms what is not good in a request. It has the settings of that one, but for its headers, which nobody keeps. */
export async function retry(shell: Shell, named: string, words: RetryWords): Promise<number> {
  const settings = settingsOf(words);
  const client = await connect(shell, placeOf(words));
  const { id } = await findRequest(client, named);
  return start(shell, client, { retry_of: id, ...settings }, words);
}
