import * as z from "zod";

/** A variable that must not be empty, such as the name of a table. */
export const nameVariable = z.string().min(1);

/** A variable that is a list, separated by commas. */
export const listVariable = z.string().transform((text): readonly string[] =>
  text
    .split(",")
    .map((it) => it.trim())
    .filter((it) => it !== ""),
);

/** Reads the environment once, by its schema. @throws an error that names every variable that is missing or invalid */
export function readEnvironment<T extends z.ZodType>(
  schema: T,
  variables: Readonly<Record<string, string | undefined>> = process.env,
): z.infer<T> {
  const { data, error } = schema.safeParse(variables);
  if (error !== undefined)
    throw new Error(`Invalid environment variables:\n${z.prettifyError(error)}`, { cause: error });
  return data;
}
