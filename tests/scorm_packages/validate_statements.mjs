/* Statements on stdin, what Learning Locker's validator finds wrong with each on stdout. */
import { createRequire } from 'node:module';

const require = createRequire(process.argv[2]);
const validate = require('@learninglocker/xapi-validation').default;
let text = '';
for await (const part of process.stdin) text += part;
const told = JSON.parse(text).flatMap((one) => validate(one).map((warning) => `${one.verb.id}: ${JSON.stringify(warning)}`));
process.stdout.write(JSON.stringify(told));
