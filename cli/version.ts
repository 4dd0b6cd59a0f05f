import about from "./package.json" with { type: "json" };

/** Of this command. */
export const VERSION = about.version;
