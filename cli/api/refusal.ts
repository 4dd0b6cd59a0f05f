import { type ClientError, NoAnswerError, RefusedError } from "../../client/api-client.ts";
import { idIn, shortId } from "../../client/request-ids.ts";
import { isDailyLimit, isDeniedByPolicy, READ_ONLY_KEY } from "../../domain/validation/api-error.ts";
import { CommandError } from "../command-error.ts";
import type { Endpoint } from "../endpoint/endpoint.ts";
import type { PrintedCommand } from "../printed-command.ts";
import { VERSION } from "../version.ts";

/** So many bad URLs are shown. */
const MAX_URLS = 20;

/** What a call that failed is told as, and what to do next. The error is its cause. */
export function explained(error: ClientError, endpoint: Endpoint): CommandError {
  if (error instanceof RefusedError) return refused(error, endpoint);
  return error instanceof NoAnswerError ? unanswered(error, endpoint) : unreadable(error, endpoint);
}

/** What the client threw: a {@link CommandError} of a call has it as its cause. */
export function clientErrorOf(error: unknown): unknown {
  return error instanceof CommandError ? error.cause : error;
}

/** Whether the API refused a call with this status. */
export function isRefused(error: unknown, status: number): boolean {
  const cause = clientErrorOf(error);
  return cause instanceof RefusedError && cause.status === status;
}

/** The API's own words, and what to do next. */
function refused(cause: RefusedError, endpoint: Endpoint): CommandError {
  const { status, errorUrls } = cause;
  const said = cause.message === `HTTP ${status}` ? `the API responded with HTTP ${status}` : cause.message;
  const urls = errorUrls.filter((url) => !said.includes(`'${url}'`));
  return new CommandError(
    `${shortened(said)}${badUrls(urls)}`,
    (command) => nextStep(status, endpoint, said, command),
    {
      cause,
    },
  );
}

function unreadable(cause: Error, { url, from }: Endpoint): CommandError {
  return new CommandError(
    `this command (${VERSION}) cannot read the response of ${url}:\n${cause.message}`,
    (command) =>
      `Check that this is Prewarm's API (from ${from}), and use the command of the release that is deployed: ${command("doctor")}`,
    { cause },
  );
}

/** From so many on, names that would be right are left to the command that lists them. */
const MANY_NAMES = 20;

/** The API lists every name that it knows, which for POPs fills a screen. Those that begin alike stay. */
function shortened(said: string): string {
  return said.replace(/unknown '([^']*)'; known: ([^;\n]*)/g, (whole, wrong: string, names: string) => {
    const known = names.split(", ");
    if (known.length < MANY_NAMES) return whole;
    const alike = known.filter((name) => isAlike(name, wrong)).slice(0, MANY_NAMES);
    return `unknown '${wrong}'${alike.length === 0 ? "" : `; known: ${alike.join(", ")}, …`}`;
  });
}

/** Of a POP, the airport; of a country, how it begins. */
function isAlike(name: string, wrong: string): boolean {
  return wrong.length >= 3 && name.slice(0, 3).toLowerCase() === wrong.slice(0, 3).toLowerCase();
}

/** Those that the message does not name. */
function badUrls(urls: readonly string[]): string {
  const shown = urls.slice(0, MAX_URLS).map((url) => `\n  ${url}`);
  const more = urls.length > MAX_URLS ? `\n  … and ${urls.length - MAX_URLS} more` : "";
  // Under a heading of their own: the reason before is that of the first bad URL.
  return urls.length === 0 ? "" : `\nOther invalid URLs:${shown.join("")}${more}`;
}

function nextStep(status: number, { url, from }: Endpoint, said: string, command: PrintedCommand): string {
  switch (status) {
    case 400:
      return `No request was created. Correct the value, then run the command again. Hint: ${howElse(said, command)}.`;
    case 403:
      if (isDeniedByPolicy(said))
        return "Call from an address in allowedCidrs, or add this machine's public address to that parameter of the stack. With IPv6, that is its IPv6 address.";
      if (said === READ_ONLY_KEY)
        return "The stack's output prewarmapikeyoutput ends with the ID of the key that may also start and stop requests.";
      if (!url.endsWith("/prod/"))
        return `Check the address ${url} (from ${from}): the address of a stack ends in /prod/. If you use a custom domain, the API key is missing or wrong.`;
      return `The API key is missing or wrong for ${url} (from ${from}). The stack's output prewarmapikeyoutput ends with the ID of the key. With --stack NAME, this command fetches the key.`;
    case 404:
      return `\`${command("list")}\` shows the requests of this deployment. They are kept for 30 days.`;
    case 409:
      return afterConflict(said, command);
    case 413:
      return "Split the list of URLs into several requests, or put it into a bucket and pass it with --list.";
    case 429:
      if (isDailyLimit(said))
        return "No request was created. Run the command again on the next day (UTC), or raise the parameter of the stack.";
      return "Too many API calls with this key. Wait a minute, then run the command again.";
    default:
      return status >= 500
        ? `The deployment did not respond in time. Run the command again in a minute. If the error persists, check \`${command("doctor")}\` and the log of the API function.`
        : `Check that ${url} (from ${from}) is the address of Prewarm's API: it ends in /prod/.`;
  }
}

/** What to do about a request that is not in the state that the call needs. */
function afterConflict(said: string, command: PrintedCommand): string {
  const named = idIn(said);
  const id = named === undefined ? "ID" : shortId(named);
  return said.includes("after it has ended")
    ? `\`${command("status", id, "--watch")}\` waits for its end; \`${command("stop", id)}\` stops it.`
    : `\`${command("status", id)}\` shows the status of the request.`;
}

/** Where the names are that would be right, or what was meant. */
function howElse(said: string, command: PrintedCommand): string {
  if (/^url_list: (?:[^']*the first, )?'[^']*',? is not an absolute URL/.test(said))
    return "--file reads URLs from a file";
  return /\b(pops|countries|country): unknown '/.test(said)
    ? `\`${command("pops")}\` lists all POPs and countries`
    : "each option has the name of its field; --help lists them";
}

function unanswered(error: NoAnswerError, { from }: Endpoint): CommandError {
  // That of fetch, which has the socket's as its own.
  const { cause } = error;
  const last = cause instanceof Error && cause.cause instanceof Error ? cause.cause : cause;
  const code = last instanceof Error && "code" in last ? String(last.code) : "";
  const why = last instanceof Error && !/^\d+$|^$/.test(code) ? code : messageOf(last);
  return new CommandError(`${error.message}: ${why}`, afterSilence(code, from), { cause: error });
}

function messageOf(cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause);
}

function afterSilence(code: string, from: string): string {
  if (from.endsWith("endpoint.json"))
    return `The address is from ${from}. Check that the local API is running: npm start.`;
  if (code === "ENOTFOUND" || code === "EAI_AGAIN")
    return `The host name does not resolve. Check the address (from ${from}) and this machine's DNS resolver. A private API can be reached only from its VPC.`;
  return `Check the network and the address (from ${from}). Requests in progress continue without this command.`;
}
