import * as z from "zod";

/** The stack's parameter that names them. */
export const DISTRIBUTIONS_PARAMETER = "distributions";
/** In place of ids: every distribution, in whatever account. */
export const EVERY_DISTRIBUTION = "*";

/** Ids of the distributions that may be warmed and invalidated; `*` among them: every one. */
export type AllowedDistributions = readonly string[];

/** As a variable has them: separated by commas. */
export const allowedDistributionsSchema = z
  .string()
  .min(1)
  .transform((text): AllowedDistributions => text.split(",").map((id) => id.trim()));

/**
 * What is wrong with a distribution; undefined: it may be warmed.
 * @param id undefined: it is none of this account's
 * @param name what the request calls it, such as a host
 */
export function problemWith(allowed: AllowedDistributions, id: string | undefined, name: string): string | undefined {
  if (allowsEvery(allowed) || (id !== undefined && allowed.includes(id))) return undefined;
  const is = id === undefined ? "belongs to no distribution of this account" : `belongs to the distribution ${id}`;
  return `${name} ${is}, and ${DISTRIBUTIONS_PARAMETER} of this deployment allows ${allowed.join(", ")} (a parameter of the stack)`;
}

/** Whether the list leaves nothing out, so that nothing has to be looked up. */
export function allowsEvery(allowed: AllowedDistributions): boolean {
  return allowed.includes(EVERY_DISTRIBUTION);
}
