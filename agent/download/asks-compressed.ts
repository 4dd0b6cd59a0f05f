import { acceptedEncodings } from "../../domain/net/accept-encoding.ts";
import { parseHeaders } from "../../domain/net/headers.ts";
import { headerOf } from "../../domain/request/variants.ts";
import { oncePerVariant } from "./once-per-variant.ts";

/** Whether the downloads of a message in one variant ask for a compressed form. */
export const asksCompressed = oncePerVariant(
  (message, variant) => acceptedEncodings(parseHeaders(headerOf(message, variant))).length > 0,
);
