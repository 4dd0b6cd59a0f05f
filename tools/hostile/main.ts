import { labCommand } from "../lab/command.ts";
import { bodies } from "./bodies.ts";
import { webPage } from "./web-page.ts";

// Every part of the lab. A new one stands here.
await labCommand([bodies, webPage]);
