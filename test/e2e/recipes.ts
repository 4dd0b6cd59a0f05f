// Provides the requests that a document shows.

/** The sections of a document: what stands between its headings of the second level. */
export function sectionsOf(document: string): { readonly title: string; readonly text: string }[] {
  const [, ...sections] = document.split(/^## /m);
  return sections.map((section) => {
    const end = section.indexOf("\n");
    return { title: section.slice(0, end), text: section.slice(end) };
  });
}

/** What the JSON blocks of a text hold. */
export function jsonOf(text: string) {
  return [...text.matchAll(/^```json\n([\s\S]*?)^```$/gm)].map(([, json = ""]) => json);
}
