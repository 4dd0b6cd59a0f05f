import * as z from "zod";
import { selectPops } from "../../domain/pops/select.ts";
import { SOURCE_TYPES } from "../../domain/request/source.ts";
import { EMPTY_FORM, type Form } from "./form.ts";
import { choicesOf } from "./variant-choices.ts";

const text = z.string().nullish();
const texts = z.array(z.string()).nullish();
const number = z.union([z.number(), z.string()]).nullish();

/** A body of POST /prewarm, as anybody may have written it: what the form has no field for is left aside. */
const bodySchema = z.object({
  url_list: texts,
  sources: z
    .array(
      z.object({
        type: z.enum(SOURCE_TYPES),
        url: text,
        s3: text,
        base: text,
        origin_path: text,
        since: text,
        hosts: texts,
      }),
    )
    .nullish(),
  cf_domain: text,
  target_type: z.enum(["pop", "country", "region"]).nullish(),
  pops: texts,
  countries: texts,
  regions: texts,
  timeout: number,
  instance_count: number,
  header: texts,
  variants: z.array(z.object({ name: z.string(), header: z.array(z.string()) })).nullish(),
  verify: text,
  downloads: number,
  scope: text,
  origin: z.object({ requests_per_second: number, concurrency: number }).nullish(),
  need_invalidate: z.boolean().nullish(),
  invalidate: z.object({ paths: texts, tags: texts }).nullish(),
  skip_uncached: z.boolean().nullish(),
  max_bytes: number,
  max_failures: number,
  client_token: text,
});

/** The form that a body fills, or undefined where it is none. Countries and regions become the POPs that they stand for. */
export function formOfBody(json: unknown, { way }: Pick<Form, "way"> = EMPTY_FORM): Form | undefined {
  const body = bodySchema.safeParse(json).data;
  if (body === undefined || (body.url_list == null && body.sources == null)) return undefined;
  const written = (value: number | string | null | undefined) => (value == null ? "" : String(value));
  return {
    ...EMPTY_FORM,
    way,
    urls: (body.url_list ?? []).join("\n"),
    sources: (body.sources ?? []).map(({ type, url, s3, base, origin_path, since, hosts }) => ({
      type,
      address: s3 ?? url ?? "",
      base: base ?? "",
      originPath: origin_path ?? "",
      since: since ?? "",
      hosts: (hosts ?? []).join(", "),
    })),
    domain: body.cf_domain ?? "",
    pops: popsOf(body),
    ...choicesOf(body.variants ?? []),
    header: (body.header ?? []).join("\n"),
    verify: body.verify ?? EMPTY_FORM.verify,
    downloads: written(body.downloads) || EMPTY_FORM.downloads,
    scope: body.scope ?? EMPTY_FORM.scope,
    instances: written(body.instance_count) || EMPTY_FORM.instances,
    minutes: written(body.timeout) || EMPTY_FORM.minutes,
    originRate: written(body.origin?.requests_per_second),
    originConcurrency: written(body.origin?.concurrency),
    invalidate: body.need_invalidate ?? false,
    invalidatePaths: (body.invalidate?.paths ?? []).join("\n"),
    invalidateTags: (body.invalidate?.tags ?? []).join(", "),
    skipUncached: body.skip_uncached ?? false,
    maxBytes: written(body.max_bytes),
    maxFailures: written(body.max_failures),
    token: body.client_token ?? "",
  };
}

function popsOf({ target_type, pops, countries, regions }: z.infer<typeof bodySchema>): string[] {
  const type = target_type ?? "pop";
  const names = { pop: pops, country: countries, region: regions }[type] ?? [];
  return selectPops(type, names).pops;
}
