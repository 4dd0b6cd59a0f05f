// Where the command meets the console. The command is checked without a browser's types, so it sees the declarations beside this file
// (for-command.d.ts) and not the components.
export { MAX_FAILED } from "./failed-objects.ts";
export { pageOf } from "./page-of.ts";
