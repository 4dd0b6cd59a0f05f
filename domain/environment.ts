import * as z from "zod";

/** Environment variables that a function or the agent cannot do without, or cannot make sense of. */
export class EnvironmentError extends Error {
  override readonly name = "EnvironmentError";
  constructor(error: z.ZodError) {
    super(`The environment is not as it must be:\n${z.prettifyError(error)}`, { cause: error });
  }
}

/** A variable that is a list, separated by commas. */
export const listVariable = z.string().transform((text): readonly string[] =>
  text
    .split(",")
    .map((it) => it.trim())
    .filter((it) => it !== ""),
);

/** Reads the environment once, by its schema. @throws EnvironmentError that names every fault, not the first */
export function readEnvironment<T extends z.ZodType>(
  schema: T,
  variables: Readonly<Record<string, string | undefined>> = process.env,
): z.infer<T> {
  const parsed = schema.safeParse(variables);
  if (!parsed.success) throw new EnvironmentError(parsed.error);
  return parsed.data;
}
