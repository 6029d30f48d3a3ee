// Runs the player's scripts without a page: `node player.mjs` reads {scripts, data, program, input}
// as JSON from standard input and prints what `program`, a function body of (SSE, input), returns.
import { readFileSync } from 'node:fs';
import vm from 'node:vm';

const { scripts, data, program, input } = JSON.parse(readFileSync(0, 'utf8'));
const document = {
  documentElement: { className: '' },
  getElementById: () => ({ textContent: JSON.stringify(data) }),
};
const context = vm.createContext({ document, console, escape, unescape });
for (const [name, source] of scripts) vm.runInContext(source, context, { filename: name });
const run = vm.runInContext(`(function (SSE, input) { ${program} })`, context);
process.stdout.write(JSON.stringify(run(vm.runInContext('SSE', context), input)));
