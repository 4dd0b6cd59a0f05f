import type { Form } from "../../domain/api/dry-run.ts";
import type { SeenSize } from "../../domain/cost/size-sample.ts";
import type { Resolver } from "../../domain/net/resolver.ts";
import type { Distribution } from "../../domain/request/distributions.ts";
import type { PrewarmRequest } from "../../domain/validation/prewarm-request.ts";
import { measureSizes } from "../../probe/size/measure-urls.ts";

/** What sizes are asked with. */
export interface SampleSizesDeps {
  readonly dns: Resolver;
  readonly ports: { readonly httpsPort: number; readonly httpPort: number };
}

type Asking = Pick<PrewarmRequest, "header" | "variants" | "origin" | "pops">;

/**
 * Asks the sizes of some forms as Get Size would, within the request's limits for its origin. Nothing is awaited longer than `ms`.
 * @returns one answer a form; `unknown` where none came in time
 */
export async function sampleSizes(
  deps: SampleSizesDeps,
  { header, variants, origin, pops }: Asking,
  distributions: readonly Distribution[],
  forms: readonly Form[],
  timeMs: number,
): Promise<SeenSize[]> {
  // No request has this id: the limits hold for this estimate alone.
  const request = { req_id: "estimate", header, variants, origin, pops };
  const questions = forms.map(({ url, variant }) => ({ url, variants: [variant] }));
  const answers = await measureSizes({ ...deps, request, distributions, timeMs }, questions);
  return questions.map((question) => {
    const answer = answers.get(question)?.[0];
    if (answer === undefined) return "unknown";
    return "problem" in answer ? { problem: answer.problem } : (answer.size ?? "unknown");
  });
}
