import { labCommand } from "../lab/command.ts";
import { breaks } from "./breaks.ts";
import { Claims } from "./claims.ts";
import { edge } from "./edge.ts";
import { hard } from "./hard.ts";
import { kills } from "./kills.ts";
import { limits } from "./limits.ts";
import { second } from "./second.ts";

const claims = new Claims();
// Every part of the lab. A new one stands here.
const ran = await labCommand([edge(claims), hard(claims), kills, limits, breaks, second]);
if (ran) console.log(`false warm ${claims.falseWarm}`);
