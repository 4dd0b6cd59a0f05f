import type { Client } from "../api/client.ts";
import { allPops } from "../body/all-pops.ts";
import type { Body } from "../body/body.ts";
import { placeOf } from "../body/place-words.ts";
import { type FileWords, readBody } from "../body/read-body.ts";
import { connect } from "../direct/connect.ts";
import type { DirectClient } from "../direct/direct-client.ts";
import type { Shell } from "../shell.ts";
import { type DirectWords, tellHow } from "./direct.ts";

export interface NewRequestWords extends DirectWords, FileWords {
  readonly allPops?: boolean;
}

/** What the words of `warm` and `estimate` ask for, and who is asked. @throws CommandError */
export async function prepare(
  shell: Shell,
  urls: readonly string[],
  words: NewRequestWords,
): Promise<{ readonly client: Client | DirectClient; readonly body: Body }> {
  const { body, told } = await readBody(shell, urls, words);
  const client = await connect(shell, placeOf(words));
  tellHow(shell, client, words, told);
  return { client, body: words.allPops === true ? { ...body, ...(await allPops(client, body)) } : body };
}
