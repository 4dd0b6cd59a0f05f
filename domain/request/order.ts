import * as z from "zod";

/** Whether each REC is filled by one POP before its other POPs ask. */
export const ORDERS = ["lead-first", "all-at-once"] as const;
export const orderSchema = z.enum(ORDERS);
export type Order = z.infer<typeof orderSchema>;

/** Of a request that does not say. An item without it is of a release that knew `all-at-once` alone. */
export const DEFAULT_ORDER: Order = "lead-first";
