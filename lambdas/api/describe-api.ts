import type { AnswerOf } from "../../domain/api/answers.ts";

/**
 * Body of GET /openapi.json: the description that `npm run docs` has written. Its paths begin where it is read itself. It is loaded
 * with the first call that asks for it.
 */
export async function describeApi(): Promise<AnswerOf<"GET /openapi.json">> {
  const { default: description } = await import("../../docs/openapi.json", { with: { type: "json" } });
  return { ...description, servers: [{ url: "." }] };
}
