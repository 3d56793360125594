// Drives the browser for tests/review/browser.py: a request a line on stdin, an answer a line on stdout.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { createInterface } from "node:readline";
import puppeteer from "puppeteer-core";

const AXE = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const LOCAL = /^(file|data|blob|about):/;
const [executablePath, libraries, fonts] = process.argv.slice(2);
const browser = await puppeteer.launch({
  executablePath,
  headless: "shell",
  pipe: true,
  // Tests run as root in containers, where Chromium's sandbox refuses to start.
  args: ["--no-sandbox", "--font-render-hinting=none"],
  env: { ...process.env, LD_LIBRARY_PATH: libraries, FONTCONFIG_FILE: fonts },
});
const opened = [];

const actions = {
  process: () => browser.process().pid,
  open: async ({ url, width, height, scheme, scripts }) => {
    const page = await browser.newPage();
    const problems = [];
    page.on("console", (message) => problems.push(`console: ${message.text()}`));
    page.on("pageerror", (error) => problems.push(`error: ${error}`));
    page.on("requestfailed", (request) => problems.push(`failed: ${request.url()}`));
    page.on("request", (request) => LOCAL.test(request.url()) || problems.push(`request: ${request.url()}`));
    await page.setJavaScriptEnabled(scripts);
    await page.setViewport({ width, height });
    await page.emulateMediaFeatures([{ name: "prefers-color-scheme", value: scheme }]);
    await page.goto(url, { waitUntil: "load" });
    return opened.push({ page, problems }) - 1;
  },
  problems: ({ id }) => opened[id].problems,
  axe: async ({ id }) => {
    await opened[id].page.evaluate(AXE);
    return opened[id].page.evaluate(async () => {
      const { violations } = await globalThis.axe.run();
      return violations.map(({ id, help, nodes }) => ({ id, help, nodes: nodes.map((node) => node.failureSummary) }));
    });
  },
  // A method of puppeteer's page, or of a part of it, such as its keyboard.
  call: async ({ id, part, method, given }) => {
    const { page } = opened[id];
    const found = await (part ? page[part] : page)[method](...given);
    return found instanceof Uint8Array ? Buffer.from(found).toString("base64") : (found ?? null);
  },
};

for await (const line of createInterface({ input: process.stdin })) {
  const { action, ...request } = JSON.parse(line);
  let answer;
  try {
    answer = { result: (await actions[action](request)) ?? null };
  } catch (error) {
    answer = { error: String(error.stack ?? error) };
  }
  process.stdout.write(`${JSON.stringify(answer)}\n`);
}
await browser.close();
