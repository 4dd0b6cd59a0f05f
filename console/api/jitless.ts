import * as z from "zod";

// Zod would try whether it may make functions of text, as soon as there is a schema. The page's policy says no, and the browser
// would report the try. So this is loaded before any schema.
z.config({ jitless: true });
