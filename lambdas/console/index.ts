import { fileURLToPath } from "node:url";
import * as z from "zod";
import { readEnvironment } from "../../domain/environment.ts";
import { createHandler, readPageFiles } from "./handler.ts";

const env = readEnvironment(z.object({ CONSOLE: z.enum(["on", "off"]) }));

// lib/pipeline-function.ts puts the folder beside the module.
const files = env.CONSOLE === "on" ? readPageFiles(fileURLToPath(new URL("./page", import.meta.url))) : new Map();

export const handler = createHandler(files);
