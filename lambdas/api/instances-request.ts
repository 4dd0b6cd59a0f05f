import * as z from "zod";
import { MAX_INSTANCES } from "../../domain/request/limits.ts";
import { bodyOf, optional, requiredInt } from "./body-fields.ts";

/** Body of POST /instances. */
export const instancesBodySchema = bodyOf({
  DesiredCapacity: requiredInt(`a whole number from 0 to ${MAX_INSTANCES}`)
    .min(0, "must not be negative")
    .max(MAX_INSTANCES, `must be at most ${MAX_INSTANCES}`)
    .describe("The group's new size. It becomes the wish of every active request; 0 pauses them."),
  req_id: optional(
    z.string("must be a string").min(1, "must not be empty").max(200, "must be at most 200 characters"),
  ).describe("A request. Needed with `force_stop`."),
  force_stop: optional(z.boolean("must be true or false")).describe("Stops that request."),
})
  .refine((body) => body.force_stop !== true || body.req_id !== undefined, {
    path: ["req_id"],
    error: "is required with force_stop: the request to stop",
  })
  .meta({ id: "InstancesBody", description: "How many instances there are to be, and which request is stopped." });

export type InstancesBody = z.infer<typeof instancesBodySchema>;
