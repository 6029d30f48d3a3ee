/* What SCORM 1.2 calls things, and how it writes them. */
(function () {
  'use strict';

  const LETTERS = 'abcdefghijklmnopqrstuvwxyz0123456789';

  /** @param {number} value @param {number} [digits] */
  const pad = (value, digits) => String(value).padStart(digits || 2, '0');

  /** @param {{id: string}[] | undefined} list @param {unknown} id @returns {string} one character, or none */
  function letter(list, id) {
    const at = (list || []).map((one) => one.id).indexOf(String(id));
    return at < 0 ? '' : LETTERS[at] || '';
  }

  /** @type {ScormDialect} */
  const dialect = {
    version: '1.2',
    api: 'API',
    names: {
      initialize: 'LMSInitialize', terminate: 'LMSFinish', get: 'LMSGetValue', set: 'LMSSetValue', commit: 'LMSCommit', error: 'LMSGetLastError',
    },
    limit: 4096,
    alreadyRunning: '',
    elements: {
      mode: 'cmi.core.lesson_mode', entry: 'cmi.core.entry', credit: 'cmi.core.credit', learnerId: 'cmi.core.student_id',
      learnerName: 'cmi.core.student_name', suspendData: 'cmi.suspend_data', location: 'cmi.core.lesson_location',
      sessionTime: 'cmi.core.session_time', exit: 'cmi.core.exit', raw: 'cmi.core.score.raw', min: 'cmi.core.score.min',
      max: 'cmi.core.score.max', language: 'cmi.student_preference.language', interactions: 'cmi.interactions', objectives: 'cmi.objectives', response: 'student_response', time: 'time',
    },
    statusElements: ['cmi.core.lesson_status'],
    normalExit: '',

    sessionTime(milliseconds) {
      const hundredths = Math.floor(milliseconds / 10);
      const seconds = Math.floor(hundredths / 100);
      return pad(Math.min(9999, Math.floor(seconds / 3600)), 4) + ':' + pad(Math.floor(seconds / 60) % 60) + ':'
        + pad(seconds % 60) + '.' + pad(hundredths % 100);
    },

    /* One status for two things: it says passed or failed only of a unit that is complete. */
    status(overall, before) {
      const old = before['cmi.core.lesson_status'];
      let now = 'incomplete';
      if (overall.completion === 'completed') now = overall.success === 'unknown' ? 'completed' : overall.success;
      if (old === 'passed' || ((old === 'completed' || old === 'failed') && now === 'incomplete')) now = old;
      return { 'cmi.core.lesson_status': now };
    },

    score: () => ({}),

    objective: (verdict, value) => ({
      'score.raw': value, 'score.min': '0', 'score.max': '100', status: verdict === 'unknown' ? 'incomplete' : verdict,
    }),
    objectiveStatus: 'status',

    moment(date) {
      return pad(date.getHours()) + ':' + pad(date.getMinutes()) + ':' + pad(date.getSeconds());
    },

    result(credit) {
      if (credit === null) return 'neutral';
      const amount = SSE.data.amount(credit);
      if (amount >= 1) return 'correct';
      return amount > 0 ? amount.toFixed(2) : 'wrong';
    },

    type(question) {
      /** @type {{[type: string]: string}} */
      const types = {
        'single-choice': 'choice', 'multiple-choice': 'choice', 'true-false': 'true-false', matching: 'matching', ordering: 'sequencing',
        numeric: 'numeric', cloze: 'matching', 'short-text': 'fill-in', scenario: 'matching',
      };
      return types[question.type];
    },

    choices: (list, ids) => ids.map((id) => letter(list, id)).filter(Boolean).join(','),
    pairs: (pairs) => pairs.map((pair) => letter(pair.sources, pair.source) + '.' + letter(pair.targets, pair.target))
      .filter((pair) => pair.length === 3).join(','),
    truth: (value) => (value ? 't' : 'f'),
    range: (low, high) => (low === high ? low : ''),
    text: (text) => text.replace(/\s+/g, ' ').trim().slice(0, 255),
    maxResponse: 255,
  };

  SSE.scorm = SSE.scorm || {};
  SSE.scorm['1.2'] = dialect;
})();
