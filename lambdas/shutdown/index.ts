import { readEnvironment } from "../../domain/environment.ts";
import { createDeps } from "./deps.ts";
import { envSchema } from "./env.ts";
import { createHandler } from "./handler.ts";

export const handler = createHandler(createDeps(readEnvironment(envSchema)));
