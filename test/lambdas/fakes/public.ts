export type { Public } from "../../../tools/local/fake-deps.ts";
