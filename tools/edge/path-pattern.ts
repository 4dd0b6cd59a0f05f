/** A path pattern of CloudFront's behaviours: `*` stands for any characters, `?` for one. It is held against the path without its query. */
export function pathPattern(path: string): RegExp {
  const source = path
    .replaceAll(/[.+^${}()|[\]\\]/g, "\\$&")
    .replaceAll("*", ".*")
    .replaceAll("?", ".");
  return new RegExp(`^${source}$`);
}

/** @param target a path with its query string */
export function pathOf(target: string): string {
  return target.split("?", 1)[0] ?? target;
}
