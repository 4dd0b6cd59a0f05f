// What the commands do, with all that they need. The build makes a file of its own of it, which is read when something is done:
// help does not wait for it.

export { explain } from "../explain.ts";
export { resume } from "./direct.ts";
export { estimate } from "./estimate.ts";
export { setInstances, showInstances } from "./instances.ts";
export { list } from "./list.ts";
export { open } from "./open.ts";
export { pops } from "./pops.ts";
export { report } from "./report.ts";
export { retry } from "./retry.ts";
export { status } from "./status.ts";
export { stop } from "./stop.ts";
export { warm } from "./warm.ts";
