import type { Failure } from "../../client/answers.ts";
import type { Report } from "./report.ts";

/** So many characters are told of a URL, a name or an error. */
const MAX_CHARACTERS = 300;

/** A report whose texts are bounded: a URL may have thousands of characters, and the page is sent by mail. */
export function shortened({ request, summary, ...rest }: Report): Report {
  const { failures, warnings, reason, ...its } = request;
  return {
    ...rest,
    request: {
      ...its,
      url_prefix: cut(its.url_prefix),
      variant_names: its.variant_names.map(cut),
      ...(reason === undefined ? {} : { reason: cut(reason) }),
      failures: failures?.map(shortFailure),
      warnings: warnings.map((it) => ({ ...it, message: cut(it.message), examples: it.examples.map(cut) })),
    },
    summary: summary && {
      ...summary,
      failures: summary.failures?.map(shortFailure),
      failure_urls: summary.failure_urls.map(cut),
    },
  };
}

function shortFailure({ examples, ...failure }: Failure): Failure {
  const short = ({ error, url, ...it }: Failure["examples"][number]) => ({
    ...it,
    ...(url === undefined ? {} : { url: cut(url) }),
    ...(error === undefined ? {} : { error: cut(error) }),
  });
  return { ...failure, examples: examples.map(short) };
}

function cut(text: string): string {
  return text.length <= MAX_CHARACTERS ? text : `${text.slice(0, MAX_CHARACTERS)}…`;
}
