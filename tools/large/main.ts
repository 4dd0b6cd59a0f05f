import { labCommand } from "../lab/command.ts";
import { fair } from "./fair.ts";
import { long } from "./long.ts";
import { model } from "./model.ts";
import { share } from "./share.ts";

// Every part of the lab. A new one stands here.
await labCommand([long, share, fair, model]);
