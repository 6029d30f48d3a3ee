/* Judges of pages and of installable sites that we did not write: html-validate and PWABuilder's
   manifest validation. On stdin {documents: [[name, html, "document" | "view"]], manifests: [json]},
   on stdout what they find wrong, a line each. Of a "view", one page of a document of many, only
   what depends on what else is shown is judged: the names of its landmarks. */
import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';

const require = createRequire(process.argv[2]);
const { HtmlValidate, StaticConfigLoader } = require('html-validate');
const { validateManifest, reportMissing, required_fields: required } = await import(pathToFileURL(require.resolve('@pwabuilder/manifest-validation')));

const judge = (config) => new HtmlValidate(new StaticConfigLoader({ root: true, ...config }));
const judges = {
  document: judge({ extends: ['html-validate:standard', 'html-validate:a11y'], rules: { 'unique-landmark': 'off' } }),
  view: judge({ rules: { 'unique-landmark': 'error' } }),
};
let text = '';
for await (const part of process.stdin) text += part;
const { documents, manifests } = JSON.parse(text);
const found = [];
for (const [name, html, kind] of documents) {
  const report = await judges[kind].validateString(html, name);
  for (const { messages } of report.results) {
    found.push(...messages.map((one) => `${name}:${one.line}: ${one.ruleId}: ${one.message}`));
  }
}
for (const manifest of manifests) {
  const wrong = (await validateManifest(manifest)).filter((one) => !one.valid);
  found.push(...wrong.map((one) => `manifest: ${one.member}: ${one.errorString ?? one.infoString}`));
  const missing = await reportMissing(manifest);
  found.push(...missing.filter((one) => required.includes(one)).map((one) => `manifest: ${one}: is missing`));
}
process.stdout.write(JSON.stringify(found));
