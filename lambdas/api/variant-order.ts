import { acceptedEncodings, type Encoding } from "../../domain/net/accept-encoding.ts";
import { type Header, parseHeaders } from "../../domain/net/headers.ts";
import type { Variant } from "../../domain/request/variants.ts";
import { abbreviate } from "./abbreviate.ts";

/** A variant, as the cache sees it. */
interface Form {
  readonly name: string;
  readonly accepts: readonly Encoding[];
  /** Of all its other headers. */
  readonly rest: string;
}

/**
 * What of the order of variants is likely not meant. Of an object that CloudFront compresses, the form that came first is served
 * to all who accept it: so a variant that accepts less is to come after one that accepts more.
 * @returns warnings, one for each variant that comes too late
 */
export function doubtfulOrder(header: readonly string[], variants: readonly Variant[]): string[] {
  const forms = variants.map((variant) => formOf(header, variant));
  return forms.flatMap((form, i) => {
    const earlier = forms.slice(0, i).find((it) => it.rest === form.rest && spoils(it, form));
    if (earlier === undefined) return [];
    const left = earlier.accepts[0] === undefined ? "the form without compression" : `the ${earlier.accepts[0]} form`;
    return [
      `variants: '${abbreviate(form.name)}' comes after '${abbreviate(earlier.name)}', which leaves ${left} in the cache, and that ` +
        `may be served to both; put '${abbreviate(form.name)}' first`,
    ];
  });
}

/** Whether what the earlier one leaves is good enough for the later one, and is not what that asks for first. */
function spoils(earlier: Form, later: Form): boolean {
  const [left] = earlier.accepts;
  const [wanted] = later.accepts;
  return left !== wanted && (left === undefined || later.accepts.includes(left));
}

function formOf(header: readonly string[], variant: Variant): Form {
  const headers = parseHeaders([...header, ...variant.header]);
  const rest = headers.filter(([name]) => name !== "accept-encoding").map(lineOf);
  return { name: variant.name, accepts: acceptedEncodings(headers), rest: rest.toSorted().join("\n") };
}

function lineOf([name, value]: Header): string {
  return `${name}: ${value}`;
}
