import * as z from "zod";
import { dnsServersSchema } from "../../aws/dns.ts";
import { allowPrivateAddressesSchema } from "../../domain/net/addresses.ts";

export const envSchema = z.object({
  REQUEST_TABLE: z.string().min(1),
  BUCKET: z.string().min(1),
  PREWARM_DNS_SERVERS: dnsServersSchema,
  PREWARM_ALLOW_PRIVATE_ADDRESSES: allowPrivateAddressesSchema,
  PREWARM_HTTPS_PORT: z.coerce.number().int().default(443),
  PREWARM_HTTP_PORT: z.coerce.number().int().default(80),
});

export type Env = z.infer<typeof envSchema>;
