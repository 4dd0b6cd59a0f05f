import * as z from "zod";

/** Fields that many answers have. */

/** How a time is written: see `formatTimestamp`. The last three digits are 0 for what Prewarm itself notes. */
const TIMESTAMP = /^\d{4}-\d{2}-\d{2} \d{2}:\d{2}:\d{2}\.\d{6}$/;

export const timestampField = z.string().regex(TIMESTAMP);
export const timeOfAnswer = timestampField.describe("When this answer was made. UTC, as all times here.");
export const requestIdField = z.string().min(1).describe("Id of the request.");

export const countField = z.number().int().nonnegative();
export const bytesField = countField;

/** The request that the examples are about. */
export const EXAMPLE_ID = "684153cc-efab-4a53-9409-357fddc2e2bd";
