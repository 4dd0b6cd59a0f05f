import { Bitmap } from "../domain/bitmap.ts";
import { Plan } from "../domain/plan/plan.ts";
import type { Target } from "../domain/plan/target.ts";
import type { Distribution } from "../domain/request/distributions.ts";
import { request } from "./lambdas/items.ts";

/** The plan of a request. @param pops of the request. @default those of the targets */
export function planOf(
  distributions: readonly Distribution[],
  targets: readonly Target[],
  pops: readonly string[] = [...new Set(targets.map(({ pop }) => pop))],
): Plan {
  return new Plan(request({ distributions: [...distributions], pops: [...pops] }), targets);
}

/** Those places of a request's POPs, as the list of good URLs has them. */
export function maskOf(places: Iterable<number>): string {
  const mask = new Bitmap();
  for (const place of places) mask.add(place);
  return mask.toText();
}
