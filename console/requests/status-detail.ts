import type { Listed } from "../../client/answers.ts";
import { sentence } from "../../domain/readiness/sentence.ts";
import { firstSentence, sentenceParts } from "../request/sentence-parts.ts";
import { useReader } from "../session/reader.ts";
import { reasonIn } from "../words/api-chinese.ts";

/**
 * The line below the status, of the sentence that the request's own page says: while it runs its beginning, at the end what
 * explains the status. A row knows less than the page, so its sentence may say less.
 */
export function useStatusDetail(request: Listed): string {
  const { say, preferences, formats } = useReader();
  const { status } = request;
  if (status === "CREATED" || status === "EXPANDING" || status === "CHECK_POP") return say("startsSoon");
  const text = sentence(
    { ...request, reason: reasonIn(preferences.language, request.reason) },
    preferences.language,
    formats.clock,
  );
  switch (status) {
    case "INSERT_TASK":
    case "IN_PROGRESS":
      return firstSentence(text);
    case "STOPPED":
    case "TIMEOUT":
      return text;
    case "FAILED":
      return sentenceParts(text, true)[1];
    case "FINISHED":
      return capitalized(sentenceParts(text, true)[1]);
  }
}

/** What follows a colon begins a line here. Not a reason of the API: it may begin with a host name. */
function capitalized(clause: string): string {
  return clause.charAt(0).toUpperCase() + clause.slice(1);
}
