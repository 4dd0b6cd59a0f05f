import { ApiClient } from "../../client/api-client.ts";
import { problemWith } from "../description/judge-answer.ts";
import type { LocalPrewarm } from "./local-prewarm.ts";

/** The API of a local run. A good answer that is not as the API is described is an error. */
export function checkedClient({ apiUrl, apiKey }: Pick<LocalPrewarm, "apiUrl" | "apiKey">): ApiClient {
  return new ApiClient(apiUrl, apiKey, {
    onAnswer: ({ method, path, status, text }) => {
      if (status !== 200) return;
      const problem = problemWith({ method, path, status, body: JSON.parse(text) });
      if (problem !== undefined) throw new Error(`not as described: ${problem}: ${text}`);
    },
  });
}
