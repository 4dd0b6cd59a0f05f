import { writeFileSync } from "node:fs";
import { WORLD_FILE, worldText } from "./world-file.ts";

writeFileSync(WORLD_FILE, worldText());
console.log("console/map/world.ts is written.");
