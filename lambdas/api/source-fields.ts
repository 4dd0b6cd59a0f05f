import * as z from "zod";
import { SOURCE_TYPES } from "../../domain/sources/source.ts";
import { bodyOf, optional } from "./body-fields.ts";

const text = optional(z.string("must be a string"));

/** An entry of `sources`, as the user writes it. */
export const sourceFields = bodyOf({
  type: z
    .enum(SOURCE_TYPES, `must be one of ${SOURCE_TYPES.join(", ")}`)
    .describe("What the document is; `s3-prefix`: the keys below a prefix."),
  url: text.describe("Its address: https."),
  s3: text.describe("The same in a bucket: `s3://bucket/key`, or `s3://bucket/prefix` for `s3-prefix`."),
  base: text.describe("What the URLs begin with: of keys below a prefix, and of what is named without a host."),
  origin_path: text.describe("For `s3-prefix`: what keys begin with and URLs do not, such as `/static`."),
  since: text.describe("For `sitemap`: only entries whose `lastmod` is this or later, or not told. ISO 8601."),
}).meta({ id: "Source", description: "Where more URLs come from. Exactly one of `url` and `s3` is there." });
