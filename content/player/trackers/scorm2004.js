/* What SCORM 2004 calls things, and how it writes them. */
(function () {
  'use strict';

  /** Some LMSs take letters, digits, _ and . only; an author's id has no underscore to clash with. @param {unknown} id */
  const short = (id) => String(id).replace(/-/g, '_');

  /** @type {ScormDialect} */
  const dialect = {
    version: '2004',
    api: 'API_1484_11',
    names: {
      initialize: 'Initialize', terminate: 'Terminate', get: 'GetValue', set: 'SetValue', commit: 'Commit', error: 'GetLastError',
    },
    limit: 64000,
    alreadyRunning: '103',
    elements: {
      mode: 'cmi.mode', entry: 'cmi.entry', credit: 'cmi.credit', learnerId: 'cmi.learner_id', learnerName: 'cmi.learner_name',
      suspendData: 'cmi.suspend_data', location: 'cmi.location', sessionTime: 'cmi.session_time', exit: 'cmi.exit',
      raw: 'cmi.score.raw', min: 'cmi.score.min', max: 'cmi.score.max', language: 'cmi.learner_preference.language', interactions: 'cmi.interactions', objectives: 'cmi.objectives',
      response: 'learner_response', time: 'timestamp',
    },
    statusElements: ['cmi.completion_status', 'cmi.success_status'],
    normalExit: 'normal',

    sessionTime: (milliseconds) => 'PT' + (Math.floor(milliseconds / 10) / 100) + 'S',

    status(overall, before) {
      const completed = overall.completion === 'completed' || before['cmi.completion_status'] === 'completed';
      const old = before['cmi.success_status'];
      const success = old === 'passed' || (old === 'failed' && overall.success === 'unknown') ? old : overall.success;
      /** @type {{[element: string]: string}} */
      const values = { 'cmi.completion_status': completed ? 'completed' : 'incomplete', 'cmi.success_status': success };
      values['cmi.progress_measure'] = completed ? '1' : String(Math.floor(overall.progress * 100) / 100);
      return values;
    },

    score: (value) => ({ 'cmi.score.scaled': String(Math.round(Number(value) * 100) / 10000) }),

    objective: (verdict, value) => ({
      'score.scaled': String(Math.round(Number(value) * 100) / 10000), 'score.raw': value, 'score.min': '0', 'score.max': '100',
      success_status: verdict, completion_status: 'completed',
    }),
    objectiveStatus: 'success_status',

    /* Two digits of the second and Z: of the forms that the standard allows, the one that Moodle takes. */
    moment(date) {
      const [day, time] = date.toISOString().replace('Z', '').split('T');
      return day + 'T' + time.slice(0, 11) + 'Z';
    },

    result(credit) {
      if (credit === null) return 'neutral';
      const amount = SSE.data.amount(credit);
      if (amount >= 1) return 'correct';
      return amount > 0 ? amount.toFixed(4) : 'incorrect';
    },

    type(question) {
      /** @type {{[type: string]: string}} */
      const types = {
        'single-choice': 'choice', 'multiple-choice': 'choice', 'true-false': 'true-false', matching: 'matching', ordering: 'sequencing',
        numeric: 'numeric', cloze: 'matching', 'short-text': question.scored ? 'fill-in' : 'long-fill-in', scenario: 'matching',
      };
      return types[question.type];
    },

    choices: (list, ids) => ids.filter(Boolean).map(short).join('[,]'),
    pairs: (pairs) => pairs.map((pair) => short(pair.source) + '[.]' + short(pair.target)).join('[,]'),
    truth: (value) => String(value),
    range: (low, high) => low + '[:]' + high,
    text: (text) => text.replace(/\s+/g, ' ').replace(/\[[,.:]\]/g, ' ').replace(/^\{/, ' {').trim().slice(0, 250),
    maxResponse: 4000,
  };

  SSE.scorm = SSE.scorm || {};
  SSE.scorm['2004'] = dialect;
})();
