import { join } from "node:path";
import { LOCAL } from "../local/paths.ts";

/** Where the pictures go. */
export const PICTURES = join(LOCAL, "console");
