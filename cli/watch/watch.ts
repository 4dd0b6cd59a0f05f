import type { Progress } from "../../client/answers.ts";
import { shortId } from "../../client/request-ids.ts";
import type { Api } from "../api/client.ts";
import { EXIT } from "../exit-codes.ts";
import { many } from "../output/figures.ts";
import { command, mention, type Shell } from "../shell.ts";
import type { Display } from "./display.ts";
import { follow } from "./follow.ts";
import { interrupts, type Wish } from "./interrupts.ts";
import { confirm } from "./question.ts";

/** How it ended, or that nobody waited for it. */
export type Watched = { readonly progress: Progress } | { readonly exitCode: number };

/** Follows a request to its end, or until the user leaves it: then the exit code says so. One that this process does is stopped. */
export async function watch(shell: Shell, client: Api, id: string, display: Display): Promise<Watched> {
  const leaving = new AbortController();
  let last: Progress | undefined;
  // A direct run handles signals from its beginning to its end: they stop it.
  const pressed =
    client.kind === "direct"
      ? NOT_PRESSED
      : interrupts(process, () => {
          display.note(`The request continues without this command. To watch it again: ${comeBack(shell, id)}`);
          display.note("To stop the request, press Ctrl-C again.");
        });
  const wish = pressed.wish.then((it) => {
    leaving.abort();
    return it;
  });
  try {
    const progress = await follow({
      ask: async () => (await client.progress(id, { detail: display.detail })).value,
      onAnswer: (it) => {
        last = it;
        display.show(it);
      },
      onSilence: () => display.silent(),
      everyMs: display.everyMs,
      signal: leaving.signal,
    });
    display.close();
    if (progress !== undefined) return { progress };
  } catch (error) {
    display.close();
    throw error;
  } finally {
    pressed.close();
  }
  return leave(shell, client, id, await wish, last);
}

const NOT_PRESSED: ReturnType<typeof interrupts> = { wish: new Promise(() => undefined), close: () => undefined };

/** States that a request has 0 instances, and how it continues. */
export function pausedText(shell: Shell): string {
  return `Paused: the desired number of instances is 0. To continue: ${command(shell, "instances", "set", "1")}`;
}

/** The command that watches a request again. */
export function comeBack(shell: Shell, id: string): string {
  return command(shell, "status", shortId(id), "--watch");
}

async function leave(shell: Shell, client: Api, id: string, wish: Wish, last: Progress | undefined): Promise<Watched> {
  if (wish === "leave") return { exitCode: EXIT.left };
  if (shell.stdin.isTTY !== true) {
    mention(
      shell,
      `The request continues: there is no terminal to confirm a stop. To stop it: ${command(shell, "stop", shortId(id), "--yes")}`,
    );
    return { exitCode: EXIT.left };
  }
  if (!(await confirm(shell, stopQuestion(last)))) {
    mention(shell, `The request continues. To watch it again: ${comeBack(shell, id)}`);
    return { exitCode: EXIT.left };
  }
  await client.stop(id);
  return { progress: (await client.progress(id)).value };
}

/** What a stop does, as a question. */
export function stopQuestion(progress: Progress | undefined): string {
  const left = progress === undefined ? 0 : progress.total_count - progress.download_count;
  const dropped = left > 0 ? `${many(left, "task is", "tasks are")} canceled. ` : "";
  return `Stop the request? ${dropped}Objects that are warm stay warm.`;
}
