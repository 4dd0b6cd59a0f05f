import { render } from "preact";
import * as z from "zod";
import { App } from "./app.tsx";

// Zod would try whether it may make functions of text. The page's policy says no, and the browser would report the try.
z.config({ jitless: true });

render(<App />, document.body);
