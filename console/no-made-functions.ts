import * as z from "zod";

// Zod would try whether it may make functions of text. The page's policy says no, and the browser would report the try. It is
// tried as soon as a schema is made: lib/bundling.ts puts this file before every other.
z.config({ jitless: true });
