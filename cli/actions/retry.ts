import { findRequest } from "../api/find-request.ts";
import { type RequestWords, settingsOf } from "../body/body.ts";
import { placeOf } from "../body/place-words.ts";
import { connect } from "../direct/connect.ts";
import type { Shell } from "../shell.ts";
import { type DirectWords, warmDirect } from "./direct.ts";
import { announce } from "./prepare.ts";
import { start } from "./start.ts";

export interface RetryWords extends DirectWords, RequestWords {}

/** Warms what is not good in a request. It has the settings of that one, but for its headers, which nobody keeps. */
export async function retry(shell: Shell, named: string, words: RetryWords): Promise<number> {
  const settings = settingsOf(words);
  const client = await connect(shell, placeOf(words));
  announce(shell, client, words);
  const { id } = await findRequest(client, named);
  const body = { retry_of: id, ...settings };
  return client.kind === "direct" ? warmDirect(shell, client, body, words) : start(shell, client, body, words);
}
