// Drives a Firefox through the steps on standard input and prints what each told, as JSON. Firefox
// speaks WebDriver BiDi itself: no driver is needed beside it.
import { createRequire } from "node:module";
import { readFileSync } from "node:fs";

const require = createRequire(new URL("../node/package.json", import.meta.url));
const puppeteer = require("puppeteer-core");
const { executable, steps } = JSON.parse(readFileSync(0, "utf8"));
const PATIENCE = 30000;

const browser = await puppeteer.launch({ browser: "firefox", executablePath: executable, headless: true });
const page = await browser.newPage();
const told = [];

async function framed() {
  const element = await page.waitForSelector("#tool", { timeout: PATIENCE });
  return element.contentFrame();
}

// The frame goes from page to page: what was asked of one that has gone is asked again.
async function eventually(look) {
  const until = Date.now() + PATIENCE;
  for (;;) {
    let reason = "not yet";
    try {
      const found = await look(await framed());
      if (found !== null && found !== undefined) { return found; }
    } catch (error) {
      reason = String(error);
    }
    if (Date.now() > until) { throw new Error(reason); }
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
}

const kinds = {
  open: async (url) => { await page.goto(url); return page.url(); },
  address: (pattern) => eventually(async (frame) =>
    new RegExp(pattern).test(frame.url()) ? frame.url() : null),
  text: (selector) => eventually((frame) => frame.$eval(selector, (node) => node.textContent.trim())),
  click: (selector) => eventually(async (frame) => {
    await frame.$eval(selector, (node) => node.click());
    return true;
  }),
  evaluate: (script) => eventually((frame) => frame.evaluate(`(async () => { ${script} })()`)),
  photograph: async (path) => { await page.screenshot({ path }); return path; },
};

try {
  for (const [kind, value] of steps) { told.push(await kinds[kind](value)); }
  console.log(JSON.stringify({ version: await browser.version(), told }));
} finally {
  await browser.close();
}
