import type { Endpoint } from "../endpoint/endpoint.ts";
import { refusalSchema } from "./answers.ts";
import { ApiError, NoAnswerError } from "./api-error.ts";

/** So many bad URLs are shown. */
const MAX_URLS = 20;

/** What a refused call is told as: the API's own words, and what to do next. */
export function refusalOf(status: number, text: string, endpoint: Endpoint): ApiError {
  const body = refusalSchema.safeParse(parsed(text)).data;
  const said = body?.error_message || body?.message || `the API answered with HTTP ${status}`;
  return new ApiError(status, `${said}${badUrls(body?.error_urls ?? [])}`, nextStep(status, endpoint));
}

function badUrls(urls: readonly string[]): string {
  const shown = urls.slice(0, MAX_URLS).map((url) => `\n  ${url}`);
  return shown.join("") + (urls.length > MAX_URLS ? `\n  … and ${urls.length - MAX_URLS} more` : "");
}

function nextStep(status: number, { url, from }: Endpoint): string {
  switch (status) {
    case 400:
      return "Nothing was made. Correct that, and call again; --help names every option.";
    case 403:
      return `The key is missing or wrong for ${url} (from ${from}). The stack's output prewarmapikeyoutput names it; with --stack NAME it is fetched.`;
    case 404:
      return "`prewarm list` shows the requests of this deployment. They are kept for 30 days.";
    case 409:
      return "`prewarm status ID` tells where the request stands.";
    case 413:
      return "Split the list of URLs over several requests, or put it into a bucket and name it with --list.";
    case 429:
      return "Too many calls for this key. Wait a minute, and call again.";
    default:
      return status >= 500
        ? "That is a fault of the deployment. Call again in a minute; if it stays, `prewarm doctor` and the API function's log tell more."
        : `Check that ${url} (from ${from}) is the address of Prewarm's API: it ends in /prod/.`;
  }
}

/** @param error of fetch: its cause has the code of the socket */
export function noAnswer(error: unknown, { url, from }: Endpoint): NoAnswerError {
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  const code = cause instanceof Error && "code" in cause ? String(cause.code) : "";
  const why = cause instanceof Error && !/^\d+$|^$/.test(code) ? code : String(cause);
  return new NoAnswerError(`no answer from ${url}: ${why}`, afterSilence(code, from), { cause: error });
}

function afterSilence(code: string, from: string): string {
  if (from.endsWith("endpoint.json"))
    return `The address is from ${from}. Is the local run still there? Start it with npm start.`;
  if (code === "ENOTFOUND" || code === "EAI_AGAIN")
    return `The name is not known. Check the address (from ${from}) and this machine's DNS; a private API is reached from inside its VPC alone.`;
  return `Check the network, and the address (from ${from}). What already runs goes on without this command.`;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
