// Players' parsers, which ship no types. What the tests ask of them is read out by a schema.
declare module "m3u8-parser" {
  export class Parser {
    constructor(options?: { readonly uri?: string });
    push(text: string): void;
    end(): void;
    readonly manifest: unknown;
  }
}
declare module "mpd-parser" {
  export function parse(text: string, options: { readonly manifestUri: string }): unknown;
}
