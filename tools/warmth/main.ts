import { labCommand } from "../lab/command.ts";
import { Claims } from "./claims.ts";
import { warmthParts } from "./parts.ts";

const claims = new Claims();
const ran = await labCommand(warmthParts(claims));
if (ran) console.log(`false warm ${claims.falseWarm}`);
