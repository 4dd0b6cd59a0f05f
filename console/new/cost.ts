import type { Estimate } from "../../client/answers.ts";
import type { FormTextName } from "../words/form-reader.ts";

/** Dollars as they are said: no cents above ten. @param locale of the reader's language */
export function dollarsIn(locale: string, dollars: number): string {
  const digits = dollars >= 9.995 ? 0 : 2;
  return new Intl.NumberFormat(locale, {
    style: "currency",
    currency: "USD",
    currencyDisplay: "narrowSymbol",
    minimumFractionDigits: digits,
    maximumFractionDigits: digits,
  }).format(dollars);
}

const PAID: Readonly<Record<string, FormTextName>> = {
  ec2_spot: "payEc2Spot",
  public_ipv4: "payPublicIpv4",
  cloudfront_bytes: "payCloudfrontBytes",
  cloudfront_requests: "payCloudfrontRequests",
  invalidation_paths: "payInvalidationPaths",
  pipeline: "payPipeline",
};

/** What most of the money is for. Undefined: nothing stands out. */
export function mostPaid({
  total,
  lines,
}: Estimate["dollars"]): { says: "almostAll" | "mostly"; what: FormTextName } | undefined {
  const [most] = [...lines].sort((a, b) => b.dollars - a.dollars);
  const what = PAID[most?.line ?? ""];
  if (most === undefined || what === undefined || total <= 0) return undefined;
  const share = most.dollars / total;
  if (share < 0.5) return undefined;
  return { says: share >= 0.85 ? "almostAll" : "mostly", what };
}
