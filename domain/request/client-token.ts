import { createHash } from "node:crypto";
import * as z from "zod";

/** For so long, the same token with the same body means the same request. */
export const TOKEN_SECONDS = 86_400;

/** What a token stands for. */
export const tokenClaimSchema = z.object({
  req_id: z.string().min(1),
  /** Of the body: {@link bodyDigest}. */
  digest: z.string().min(1),
  /** When it was claimed, in milliseconds since the epoch. */
  at: z.number(),
});
export type TokenClaim = z.infer<typeof tokenClaimSchema>;

/** What the caller of a request was told besides its id: the same call is told the same again. */
export const STARTED_ANSWER = {
  key: (reqId: string) => `${reqId}/started.json.gz`,
  schema: z.object({ warnings: z.array(z.string()), skippedUrls: z.array(z.string()) }),
};

/** The same for bodies that say the same, however they are laid out, and whatever their token is. */
export function bodyDigest({ client_token: _, ...body }: Readonly<Record<string, unknown>>): string {
  return createHash("sha256")
    .update(JSON.stringify(inOrder(body)))
    .digest("hex");
}

/** With the fields of every object in order, and without those that are left out by being null. */
function inOrder(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(inOrder);
  if (typeof value !== "object" || value === null) return value;
  const fields = Object.entries(value).filter(([, field]) => field !== null && field !== undefined);
  return Object.fromEntries(
    fields.toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([name, field]) => [name, inOrder(field)]),
  );
}
