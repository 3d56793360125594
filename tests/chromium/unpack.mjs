// Unpacks Chromium, its libraries and its fonts into TMPDIR, which is where the package's own code puts them.
import { readdirSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { inflate } from "@sparticuz/chromium";

const packed = join(dirname(fileURLToPath(import.meta.resolve("@sparticuz/chromium"))), "..", "bin");
await Promise.all(readdirSync(packed).map((name) => inflate(join(packed, name))));
