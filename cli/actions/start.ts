import * as z from "zod";
import { popSelectionText } from "../../domain/readiness/sentence.ts";
import { variantSchema } from "../../domain/request/options.ts";
import { acceptEncodingsOf } from "../../domain/validation/check-headers.ts";
import type { Client } from "../api/client.ts";
import { findRequest } from "../api/find-request.ts";
import { type Body, withToken } from "../body/body.ts";
import { EXIT } from "../exit-codes.ts";
import { mentionWarnings } from "../output/warnings.ts";
import { mention, type Shell, say, sayJson } from "../shell.ts";
import { comeBack, pausedText } from "../watch/watch.ts";
import { mayStart } from "./consent.ts";
import { waitFor } from "./wait-for.ts";

export interface StartWords {
  readonly json?: boolean;
  /** @default waits */
  readonly wait?: boolean;
  /** Whether a large request starts without confirmation. */
  readonly yes?: boolean;
}

const formsSchema = z.object({
  header: z.array(z.string()).catch([]),
  variants: z.array(variantSchema).optional().catch(undefined),
});

/** States which form of the objects is warmed. @param forms as `acceptEncodingsOf` names them */
export function mentionForms(shell: Shell, forms: readonly string[]): void {
  mention(shell, `The downloads send Accept-Encoding: ${forms.join("; ")}.`);
}

function isPaused({ instance_count }: Body): boolean {
  return instance_count === 0;
}

/** States the prices of a request, starts it, and waits for its end unless that is not wanted. Returns the exit code. */
export async function start(shell: Shell, client: Client, body: Body, words: StartWords): Promise<number> {
  if (!(await mayStart(shell, client, body, words.yes))) {
    mention(shell, "Nothing was started.");
    return EXIT.good;
  }
  const { value, json } = await client.start(withToken(body));
  mentionWarnings(shell, value);
  if (value.pop_selection !== undefined) mention(shell, `${popSelectionText(value.pop_selection, Date.now())}.`);
  mentionForms(shell, acceptEncodingsOf(formsSchema.parse(body)));
  const id = value.request_id;
  if (words.wait === false) {
    if (words.json === true) sayJson(shell, json);
    else say(shell, id);
    mention(
      shell,
      `${isPaused(body) ? pausedText(shell) : "The request is running."} To watch it: ${comeBack(shell, id)}`,
    );
    return EXIT.good;
  }
  if (shell.stdout.isTTY !== true) mention(shell, `${id} has started. Ctrl-C leaves it running.`);
  const { listed } = await findRequest(client, id);
  return waitFor(shell, client, id, { json: words.json === true, listed });
}
