import * as z from "zod";
import { dnsServersSchema } from "../../aws/dns.ts";
import { allowPrivateAddressesSchema } from "../../domain/net/addresses.ts";

export const envSchema = z.object({
  REQUEST_TABLE: z.string().min(1),
  REQUEST_POP_TABLE: z.string().min(1),
  BUCKET: z.string().min(1),
  QUEUE_URL: z.url(),
  GROUP_NAME: z.string().min(1),
  PREWARM_DNS_SERVERS: dnsServersSchema,
  PREWARM_ALLOW_PRIVATE_ADDRESSES: allowPrivateAddressesSchema,
});

export type Env = z.infer<typeof envSchema>;
