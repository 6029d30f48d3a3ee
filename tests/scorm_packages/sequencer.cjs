/* An LMS's sequencing (scorm-again's): plays sessions of an activity tree, each in an LMS that has just restarted, and
   tells what became of every activity after each. Reads {tree, sessions: [{activity, values}]}, writes [[…]]. */
'use strict';
const fs = require('fs');
const path = require('path');
const vm = require('vm');

Object.assign(globalThis, { window: globalThis, addEventListener() {}, removeEventListener() {} });
globalThis.document = { addEventListener() {}, removeEventListener() {} };
const script = path.join(__dirname, '../node/node_modules/scorm-again/dist/scorm2004.min.js');
vm.runInThisContext(fs.readFileSync(script, 'utf8'));
const silent = () => {};
Object.assign(console, { log: silent, info: silent, warn: silent, error: silent, debug: silent });

const { tree, sessions } = JSON.parse(fs.readFileSync(0, 'utf8'));
let kept = null;
const told = sessions.map(({ activity, values }) => {
  const lms = new globalThis.Scorm2004API({ autocommit: false, logLevel: 5, sequencing: { activityTree: tree } });
  if (kept) lms.deserializeSequencingState(kept);
  const steps = [lms.processNavigationRequest('choice', activity), lms.lmsInitialize('') === 'true'];
  Object.keys(values).forEach((name) => steps.push(lms.lmsSetValue(name, values[name]) === 'true'));
  steps.push(lms.lmsFinish('') === 'true');
  if (steps.includes(false)) throw new Error(activity + ': ' + JSON.stringify(steps));
  kept = lms.serializeSequencingState();
  const found = {};
  const walk = (one) => {
    found[one.id] = {
      completion: one.completionStatus,
      success: one.successStatus,
      measure: one.objectiveMeasureStatus ? Math.round(one.objectiveNormalizedMeasure * 1e4) / 1e4 : null,
    };
    one.children.forEach(walk);
  };
  const activities = lms.getSequencingService().getActivityTree ? lms.getSequencingService().getActivityTree() : lms._sequencing.activityTree;
  walk(activities.root);
  return found;
});
process.stdout.write(JSON.stringify(told));
