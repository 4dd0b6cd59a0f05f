import { labCommand } from "../lab/command.ts";
import { Claims } from "./claims.ts";
import { hard } from "./hard.ts";

const claims = new Claims();
// Every part of the lab. A new one stands here.
const ran = await labCommand([hard(claims)]);
if (ran) console.log(`false warm ${claims.falseWarm}`);
