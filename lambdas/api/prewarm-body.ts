import * as z from "zod";
import {
  MAX_HEADERS,
  MAX_INSTANCES,
  MAX_NAMES,
  MAX_ORIGIN_CONCURRENCY,
  MAX_REQUESTS_PER_SECOND,
  MAX_SOURCES,
  MAX_TIMEOUT_MINUTES,
  MAX_URLS,
  MAX_VARIANTS,
} from "../../domain/request/limits.ts";
import { ORDERS } from "../../domain/request/order.ts";
import { VERIFY } from "../../domain/result/outcome.ts";
import { bodyOf, optional, requiredInt, requiredList } from "./body-fields.ts";
import { differentStringsOf } from "./body-lists.ts";
import { sourceFields } from "./source-fields.ts";

const names = optional(
  differentStringsOf({ list: "a list of strings", entry: "a string", entries: "names", most: MAX_NAMES }),
);

const requiredHeader = z
  .array(z.unknown(), "must be a list of 'Name: value'")
  .max(MAX_HEADERS, `must have at most ${MAX_HEADERS} lines`)
  .pipe(z.array(z.string("must be a string of the form 'Name: value'")));

/** Body of POST /prewarm, as the user writes it. */
export const prewarmBodySchema = bodyOf({
  // Whether it must be there depends on other fields.
  url_list: optional(
    differentStringsOf(
      { list: "a list of absolute http(s) URLs", entry: "a string", entries: "URLs", most: MAX_URLS },
      requiredList("absolute http(s) URLs"),
    ),
  ),
  cf_domain: optional(z.string("must be a string").trim()),
  target_type: optional(z.enum(["pop", "country", "region"], "must be one of pop, country, region")),
  pops: names,
  countries: names,
  regions: names,
  timeout: requiredInt(`whole minutes from 1 to ${MAX_TIMEOUT_MINUTES}`)
    .min(1, "must be at least 1 minute")
    .max(MAX_TIMEOUT_MINUTES, `must be at most ${MAX_TIMEOUT_MINUTES} minutes`),
  header: optional(requiredHeader),
  instance_count: requiredInt(`a whole number from 0 to ${MAX_INSTANCES}`)
    .min(0, "must not be negative")
    .max(MAX_INSTANCES, `must be at most ${MAX_INSTANCES}`),
  need_invalidate: optional(z.boolean("must be true or false")),
  verify: optional(z.enum(VERIFY, `must be one of ${VERIFY.join(", ")}`)),
  variants: optional(
    z
      .array(
        bodyOf({
          name: z.string("must be a string"),
          header: requiredHeader,
        }),
        "must be a list of {name, header}",
      )
      .min(1, "must have at least one variant; leave it out for one")
      .max(MAX_VARIANTS, `must have at most ${MAX_VARIANTS} variants`),
  ),
  order: optional(z.enum(ORDERS, `must be one of ${ORDERS.join(", ")}`)),
  origin: optional(
    bodyOf({
      requests_per_second: optional(
        z
          .number("must be a number")
          .positive("must be more than 0")
          .max(MAX_REQUESTS_PER_SECOND, `must be at most ${MAX_REQUESTS_PER_SECOND}`),
      ),
      concurrency: optional(
        requiredInt(`a whole number from 1 to ${MAX_ORIGIN_CONCURRENCY}`)
          .min(1, "must be at least 1")
          .max(MAX_ORIGIN_CONCURRENCY, `must be at most ${MAX_ORIGIN_CONCURRENCY}`),
      ),
    }),
  ),
  max_bytes: optional(requiredInt("a whole number of bytes, from 1").min(1, "must be at least 1 byte")),
  client_token: optional(
    z
      .string("must be a string")
      .regex(/^[\x21-\x7e]{1,64}$/, "must have 1 to 64 characters, and no spaces: letters, digits and punctuation"),
  ),
  sources: optional(
    z
      .array(sourceFields, "must be a list of {type, url} or {type, s3}")
      .min(1, "must have at least one source; leave it out for none")
      .max(MAX_SOURCES, `must have at most ${MAX_SOURCES} sources`),
  ),
  dry_run: optional(z.boolean("must be true or false")),
  retry_of: optional(z.string("must be a string, the request_id of a request that has ended")),
  max_failures: optional(requiredInt("a whole number of tasks, from 0").min(0, "must not be negative")),
});

export type PrewarmBody = z.infer<typeof prewarmBodySchema>;
