import * as z from "zod";
import { SOURCE_TYPES } from "../../domain/sources/source.ts";
import { bodyOf, optional } from "./body-fields.ts";

const text = optional(z.string("must be a string"));

/** An entry of `sources`, as the user writes it. */
export const sourceFields = bodyOf({
  type: z.enum(SOURCE_TYPES, `must be one of ${SOURCE_TYPES.join(", ")}`),
  url: text,
  s3: text,
  base: text,
  origin_path: text,
  since: text,
});
