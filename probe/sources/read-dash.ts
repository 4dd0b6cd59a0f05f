import { DocumentError } from "./document-error.ts";
import type { Reader } from "./reader.ts";

export const readDash: Reader = async () => {
  throw new DocumentError("is of a type that is not built yet");
};
