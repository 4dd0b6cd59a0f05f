/** What there is to make, and the program that makes it. */
export const GENERATORS: Readonly<Record<string, string>> = {
  docs: "tools/release/documents.ts",
  map: "tools/map/main.ts",
  pictures: "tools/pictures/main.ts",
};
