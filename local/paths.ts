import { fileURLToPath } from "node:url";

export const ROOT = fileURLToPath(new URL("..", import.meta.url));
/** Everything that running here leaves behind; git ignores it. */
export const LOCAL = `${ROOT}.local/`;
