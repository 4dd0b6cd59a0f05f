import { styleText } from "node:util";

export type Style = Parameters<typeof styleText>[0];
/** Colours a text, or leaves it as it is. */
export type Paint = (style: Style, text: string) => string;

type Env = Readonly<Record<string, string | undefined>>;

/** `NO_COLOR` and `FORCE_COLOR` overrule what the sink is: https://no-color.org, https://force-color.org. */
export function wantsColour(env: Env, isTTY: boolean | undefined): boolean {
  const { NO_COLOR: no = "", FORCE_COLOR: force = "" } = env;
  if (no !== "") return false;
  if (force !== "") return force !== "0" && force !== "false";
  return isTTY === true && env["TERM"] !== "dumb";
}

export function painter(inColour: boolean): Paint {
  // An empty text has nothing to colour, and codes around nothing are noise.
  return (style, text) => (inColour && text !== "" ? styleText(style, text, { validateStream: false }) : text);
}
