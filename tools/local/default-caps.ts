import { CAPS, type Caps } from "../../domain/request/caps.ts";

/** The caps of a deployment whose parameters were left as they are. */
export const DEFAULT_CAPS: Caps = {
  maxInstances: CAPS.maxInstances.default,
  maxTimeout: CAPS.maxTimeout.default,
  maxActiveRequests: CAPS.maxActiveRequests.default,
  maxTasks: CAPS.maxTasks.default,
  maxRequestBytes: CAPS.maxRequestBytes.default,
};
