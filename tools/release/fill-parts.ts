/** From `<!-- generated: NAME -->` to the next `<!-- /generated -->`, each on a line of its own. */
const PART = /^<!-- generated: ([\w-]+) -->\n[\s\S]*?^<!-- \/generated -->$/gm;

/**
 * Makes the generated parts of a document anew. What stands between the parts stays as it is.
 * @param parts what makes a part's text, by the part's name
 * @returns the document, and the names of the parts that were not up to date
 * @throws Error if the document has a part that nothing makes
 */
export function fillParts(document: string, parts: ReadonlyMap<string, () => string>) {
  const stale: string[] = [];
  const text = document.replaceAll(PART, (before, name: string) => {
    const make = parts.get(name);
    if (make === undefined) throw new Error(`nothing makes the part '${name}'; known: ${[...parts.keys()].join(", ")}`);
    const part = `<!-- generated: ${name} -->\n\n${make()}\n\n<!-- /generated -->`;
    if (part !== before) stale.push(name);
    return part;
  });
  return { text, stale };
}
