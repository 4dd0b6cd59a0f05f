import * as z from "zod";

/** The stack's parameter that names them. */
export const DISTRIBUTIONS_PARAMETER = "distributions";
/** In place of ids: every distribution, in whatever account. */
export const EVERY_DISTRIBUTION = "*";

/** Ids of the distributions that may be warmed and invalidated, as a variable has them: separated by commas. */
export const allowedDistributionsSchema = z
  .string()
  .default(EVERY_DISTRIBUTION)
  .transform((text) => new AllowedDistributions(text.split(",").map((id) => id.trim())));

/** The stack's list of distributions that may be warmed. */
export class AllowedDistributions {
  constructor(private readonly ids: readonly string[]) {}

  get isEvery(): boolean {
    return this.ids.includes(EVERY_DISTRIBUTION);
  }

  /**
   * What is wrong with a distribution; undefined: it may be warmed.
   * @param id undefined: it is none of this account's
   * @param name what the request calls it, such as a host
   */
  problemWith(id: string | undefined, name: string): string | undefined {
    if (this.isEvery || (id !== undefined && this.ids.includes(id))) return undefined;
    const is = id === undefined ? "belongs to no distribution of this account" : `belongs to the distribution ${id}`;
    return `${name} ${is}, and ${DISTRIBUTIONS_PARAMETER} of this deployment has ${this.ids.join(", ")} alone (a parameter of the stack)`;
  }
}
