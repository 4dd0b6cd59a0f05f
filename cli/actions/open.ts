import { spawn } from "node:child_process";
import { Client } from "../api/client.ts";
import { endpointOf } from "../api/connect.ts";
import { findRequest } from "../api/find-request.ts";
import { type PlaceWords, placeOf } from "../body/place-words.ts";
import { CommandError } from "../command-error.ts";
import { EXIT } from "../exit-codes.ts";
import { type Shell, say } from "../shell.ts";

const PATIENCE_MS = 10_000;

export interface OpenWords extends PlaceWords {
  readonly print?: boolean;
}

/**
 * Opens the console in the browser, at a request if one is named. Its address has no key: the console asks for it.
 * @throws CommandError where there is no console, or no such request
 */
export async function open(shell: Shell, named: string | undefined, words: OpenWords): Promise<number> {
  const endpoint = await endpointOf(shell, placeOf(words));
  const page = `${endpoint.url}console`;
  await check(page);
  // The route stands in the fragment, which no server sees and every browser keeps when it is led on.
  const address = named === undefined ? page : `${page}#/r/${(await findRequest(new Client(endpoint), named)).id}`;
  say(shell, address);
  if (words.print !== true) launch(address);
  return EXIT.good;
}

async function check(address: string): Promise<void> {
  const answer = await fetch(address, { signal: AbortSignal.timeout(PATIENCE_MS) }).catch((error: unknown) => {
    throw new CommandError(
      `no response from ${address}`,
      (command) => `To check the deployment: ${command("doctor")}`,
      {
        cause: error,
      },
    );
  });
  await answer.body?.cancel();
  if (answer.ok) return;
  throw new CommandError(
    `there is no console at ${address}: HTTP ${answer.status}`,
    "The stack parameter `console` may be off.",
  );
}

/** A machine without a browser has the address on its terminal. */
function launch(address: string): void {
  const [program, ...args] = openerOf(process.platform);
  if (program === undefined) return;
  const child = spawn(program, [...args, address], { stdio: "ignore", detached: true });
  child.on("error", () => undefined);
  child.unref();
}

function openerOf(platform: string): readonly string[] {
  if (platform === "darwin") return ["open"];
  return platform === "win32" ? ["explorer.exe"] : ["xdg-open"];
}
