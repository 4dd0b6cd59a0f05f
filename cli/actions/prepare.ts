import type { Client } from "../api/client.ts";
import { allPops } from "../body/all-pops.ts";
import type { Body } from "../body/body.ts";
import { type PlaceWords, placeOf } from "../body/place-words.ts";
import { type FileWords, readBody } from "../body/read-body.ts";
import { connect } from "../direct/connect.ts";
import type { DirectClient } from "../direct/direct-client.ts";
import { cleanLine } from "../output/clean.ts";
import { printedCommand } from "../printed-command.ts";
import { mention, type Shell } from "../shell.ts";
import { checkNamedPops } from "./check-body.ts";
import type { DirectWords } from "./direct.ts";

export interface NewRequestWords extends DirectWords, FileWords {
  readonly allPops?: boolean;
}

/** What the words of `warm` and `estimate` ask for, and who is asked. @throws CommandError */
export async function prepare(
  shell: Shell,
  urls: readonly string[],
  words: NewRequestWords,
): Promise<{ readonly client: Client | DirectClient; readonly body: Body }> {
  const { body: named, told } = await readBody(shell, urls, words);
  const client = await connect(shell, placeOf(words));
  announce(shell, client, words);
  for (const line of told) mention(shell, cleanLine(line));
  await checkNamedPops(shell, client, named);
  const body = words.allPops === true ? { ...named, ...(await allPops(client, named)) } : named;
  return { client, body };
}

/** States which engine and which deployment a request uses. The commands in later texts name a direct run's engine, too. */
export function announce(shell: Shell, client: Client | DirectClient, words: PlaceWords): void {
  if (client.kind === "direct") shell.command = printedCommand(shell.env, { ...words, direct: true });
  mention(shell, engineLine(client, words.direct === true));
}

function engineLine(client: Client | DirectClient, isDirectNamed: boolean): string {
  if (client.kind === "stack") {
    const { url, from, localRun } = client.endpoint;
    return `${localRun === undefined ? "Deployment" : "Local run"}: ${url} (from ${from}).`;
  }
  return isDirectNamed
    ? "Direct run: this machine downloads."
    : "No stack is configured, so this machine downloads (direct run). To use a stack: --stack NAME.";
}
