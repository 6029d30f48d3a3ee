/*
 * The data models of SCORM 1.2 (RTE 3.4.4) and SCORM 2004 4th edition (RTE 4.2): which elements there are, who may
 * read and write them, and what their values look like. `n` stands for an index.
 */
(function () {
  'use strict';

  const DECIMAL = /^-?\d{1,10}(\.\d{1,7})?$/;
  const TIMESPAN = /^\d{2,4}:[0-5]\d:[0-5]\d(\.\d{1,2})?$/;
  const INTERVAL = /^P(?=\d|T)(\d+Y)?(\d+M)?(\d+D)?(T(?=\d)(\d+H)?(\d+M)?(\d+(\.\d{1,2})?S)?)?$/;
  const MOMENT = /^(19[7-9]\d|20[0-3]\d)(-(0[1-9]|1[0-2])(-(0[1-9]|[12]\d|3[01])(T([01]\d|2[0-3])(:[0-5]\d(:[0-5]\d(\.\d{1,2}(Z|[+-]\d\d(:\d\d)?)?)?)?)?)?)?)?$/;

  const text = (max) => (value) => value.length <= max;
  const words = (...list) => (value) => list.indexOf(value) >= 0;
  const like = (pattern) => (value) => pattern.test(value);

  /* A decimal of a range: what is none is a wrong type, what is outside is out of range. */
  const within = (low, high) => {
    const check = like(DECIMAL);
    check.range = (value) => Number(value) >= low && Number(value) <= high;
    return check;
  };

  /** read and write, read only, write only */
  const rw = (check, initial) => ({ read: true, write: true, check, initial });
  const ro = (initial) => ({ read: true, write: false, initial });
  const wo = (check) => ({ read: false, write: true, check });

  // ---- responses of interactions -----------------------------------------------------------

  const letters = '[a-z0-9]';
  const word = '(?:urn:\\S{1,250}|[^\\s\\[\\]]{1,250})';
  const RESPONSES = {
    1.2: {
      'true-false': /^[01tf]/,
      choice: new RegExp(`^(${letters}(,${letters})*|\\{${letters}(,${letters})*\\})?$`),
      'fill-in': /^[^\n\r]{0,255}$/,
      matching: new RegExp(`^\\{?(${letters}\\.${letters}(,${letters}\\.${letters})*)?\\}?$`),
      performance: /^[^\n\r]{0,255}$/,
      sequencing: new RegExp(`^(${letters}(,${letters})*)?$`),
      likert: new RegExp(`^${letters}?$`),
      numeric: DECIMAL,
    },
    2004: {
      'true-false': /^(true|false)$/,
      choice: new RegExp(`^(${word}(\\[,\\]${word}){0,35})?$`),
      'fill-in': /^(\{lang=[^}]+\})?[^\n\r]{0,250}(\[,\](\{lang=[^}]+\})?[^\n\r]{0,250}){0,9}$/,
      'long-fill-in': /^[\s\S]{0,4000}$/,
      matching: new RegExp(`^(${word}\\[\\.\\]${word}(\\[,\\]${word}\\[\\.\\]${word}){0,35})?$`),
      performance: /^[\s\S]{0,4000}$/,
      sequencing: new RegExp(`^(${word}(\\[,\\]${word}){0,35})?$`),
      likert: new RegExp(`^${word}$`),
      numeric: DECIMAL,
      other: /^[\s\S]{0,4000}$/,
    },
  };

  /* `pattern` is a right answer as the content writes it, which may have settings before it and ranges in it. */
  function response(version, type, value, pattern) {
    if (version === '2004' && pattern) {
      const bare = value.replace(/^(\{(case_matters|order_matters)=(true|false)\})+/, '');
      if (type === 'numeric') return /^(-?\d+(\.\d{1,7})?)?(\[:\](-?\d+(\.\d{1,7})?)?)?$/.test(bare);
      return RESPONSES[2004][type].test(bare);
    }
    if (version === '1.2' && pattern && type === 'numeric') return value.length <= 255;
    return RESPONSES[version][type].test(value);
  }

  // ---- SCORM 1.2 ---------------------------------------------------------------------------

  const STATUSES = ['passed', 'completed', 'failed', 'incomplete', 'browsed'];
  const name12 = like(/^[\x21-\x7e]{1,255}$/);
  const score12 = within(0, 100);
  const MODEL12 = {
    'cmi.core.student_id': ro(), 'cmi.core.student_name': ro(), 'cmi.core.lesson_location': rw(text(255), ''),
    'cmi.core.credit': ro('credit'), 'cmi.core.lesson_status': rw(words(...STATUSES), 'not attempted'), 'cmi.core.entry': ro('ab-initio'),
    'cmi.core.score.raw': rw(score12, ''), 'cmi.core.score.min': rw(score12, ''), 'cmi.core.score.max': rw(score12, ''),
    'cmi.core.total_time': ro('0000:00:00.00'), 'cmi.core.lesson_mode': ro('normal'),
    'cmi.core.exit': wo(words('time-out', 'suspend', 'logout', '')), 'cmi.core.session_time': wo(like(TIMESPAN)),
    'cmi.suspend_data': rw(text(4096), ''), 'cmi.launch_data': ro(''), 'cmi.comments': rw(text(4096), ''), 'cmi.comments_from_lms': ro(''),
    'cmi.student_data.mastery_score': ro(''), 'cmi.student_data.max_time_allowed': ro(''), 'cmi.student_data.time_limit_action': ro(''),
    'cmi.student_preference.audio': rw(like(/^(-1|\d{1,3})$/), '0'), 'cmi.student_preference.language': rw(text(255), ''),
    'cmi.student_preference.speed': rw(like(/^-?\d{1,3}$/), '0'), 'cmi.student_preference.text': rw(words('-1', '0', '1'), '0'),
    'cmi.objectives.n.id': rw(name12), 'cmi.objectives.n.status': rw(words('not attempted', ...STATUSES)),
    'cmi.objectives.n.score.raw': rw(score12), 'cmi.objectives.n.score.min': rw(score12), 'cmi.objectives.n.score.max': rw(score12),
    'cmi.interactions.n.id': wo(name12), 'cmi.interactions.n.objectives.n.id': wo(name12),
    'cmi.interactions.n.time': wo(like(/^([01]\d|2[0-3]):[0-5]\d:[0-5]\d(\.\d{1,2})?$/)), 'cmi.interactions.n.type': wo(words(...Object.keys(RESPONSES['1.2']))),
    'cmi.interactions.n.correct_responses.n.pattern': wo(text(255)), 'cmi.interactions.n.weighting': wo(like(DECIMAL)),
    'cmi.interactions.n.student_response': wo(text(255)), 'cmi.interactions.n.latency': wo(like(TIMESPAN)),
    'cmi.interactions.n.result': wo((value) => words('correct', 'wrong', 'unanticipated', 'neutral')(value) || DECIMAL.test(value)),
  };

  // ---- SCORM 2004 --------------------------------------------------------------------------

  const name2004 = like(/^(?!\s*$)\S{1,4000}$/);
  const completion = words('completed', 'incomplete', 'not attempted', 'unknown');
  const success = words('passed', 'failed', 'unknown');
  const MODEL2004 = {
    'cmi._version': ro('1.0'), 'cmi.learner_id': ro(), 'cmi.learner_name': ro(), 'cmi.location': rw(text(1000)), 'cmi.credit': ro('credit'),
    'cmi.mode': ro('normal'), 'cmi.entry': ro('ab-initio'), 'cmi.exit': wo(words('time-out', 'suspend', 'logout', 'normal', '')),
    'cmi.completion_status': rw(completion, 'unknown'), 'cmi.success_status': rw(success, 'unknown'), 'cmi.progress_measure': rw(within(0, 1)),
    'cmi.completion_threshold': ro(), 'cmi.scaled_passing_score': ro(), 'cmi.score.scaled': rw(within(-1, 1)), 'cmi.score.raw': rw(like(DECIMAL)),
    'cmi.score.min': rw(like(DECIMAL)), 'cmi.score.max': rw(like(DECIMAL)), 'cmi.session_time': wo(like(INTERVAL)), 'cmi.total_time': ro('PT0S'),
    'cmi.suspend_data': rw(text(64000)), 'cmi.launch_data': ro(), 'cmi.max_time_allowed': ro(), 'cmi.time_limit_action': ro('continue,no message'),
    'cmi.learner_preference.audio_level': rw(within(0, 1e9), '1'), 'cmi.learner_preference.language': rw(text(250), ''),
    'cmi.learner_preference.delivery_speed': rw(within(0, 1e9), '1'), 'cmi.learner_preference.audio_captioning': rw(words('-1', '0', '1'), '0'),
    'cmi.comments_from_learner.n.comment': rw(text(4000)), 'cmi.comments_from_learner.n.location': rw(text(250)), 'cmi.comments_from_learner.n.timestamp': rw(like(MOMENT)),
    'cmi.objectives.n.id': rw(name2004), 'cmi.objectives.n.score.scaled': rw(within(-1, 1)), 'cmi.objectives.n.score.raw': rw(like(DECIMAL)),
    'cmi.objectives.n.score.min': rw(like(DECIMAL)), 'cmi.objectives.n.score.max': rw(like(DECIMAL)), 'cmi.objectives.n.success_status': rw(success),
    'cmi.objectives.n.completion_status': rw(completion), 'cmi.objectives.n.progress_measure': rw(within(0, 1)), 'cmi.objectives.n.description': rw(text(250)),
    'cmi.interactions.n.id': rw(name2004), 'cmi.interactions.n.type': rw(words(...Object.keys(RESPONSES[2004]))), 'cmi.interactions.n.objectives.n.id': rw(name2004),
    'cmi.interactions.n.timestamp': rw(like(MOMENT)), 'cmi.interactions.n.correct_responses.n.pattern': rw(text(4000)), 'cmi.interactions.n.weighting': rw(like(DECIMAL)),
    'cmi.interactions.n.learner_response': rw(text(4000)), 'cmi.interactions.n.latency': rw(like(INTERVAL)), 'cmi.interactions.n.description': rw(text(250)),
    'cmi.interactions.n.result': rw((value) => words('correct', 'incorrect', 'unanticipated', 'neutral')(value) || DECIMAL.test(value)),
    'adl.nav.request': rw((value) => /^(_none_|continue|previous|exit|exitAll|abandon|abandonAll|suspendAll|\{target=\S+\}(choice|jump))$/.test(value), '_none_'),
  };

  // ---- what differs between the versions besides -------------------------------------------

  const VERSIONS = {
    1.2: {
      model: MODEL12, api: 'API',
      names: ['LMSInitialize', 'LMSFinish', 'LMSGetValue', 'LMSSetValue', 'LMSCommit', 'LMSGetLastError', 'LMSGetErrorString', 'LMSGetDiagnostic'],
      codes: { running: '101', notRunningGet: '301', notRunningSet: '301', notRunningCommit: '301', notRunningEnd: '301', argument: '201', unknown: '201', noChildren: '202', noCount: '203',
        keyword: '402', readOnly: '403', writeOnly: '404', type: '405', range: '405', index: '201', dependency: '201', failed: '101', unset: '0' },
      elements: { learner: 'cmi.core.student_id', name: 'cmi.core.student_name', mode: 'cmi.core.lesson_mode', credit: 'cmi.core.credit', entry: 'cmi.core.entry', exit: 'cmi.core.exit',
        session: 'cmi.core.session_time', total: 'cmi.core.total_time', suspend: 'cmi.suspend_data', raw: 'cmi.core.score.raw', response: 'student_response' },
      statuses: { 'cmi.core.lesson_status': ['passed', 'completed', 'failed'] },
    },
    2004: {
      model: MODEL2004, api: 'API_1484_11',
      names: ['Initialize', 'Terminate', 'GetValue', 'SetValue', 'Commit', 'GetLastError', 'GetErrorString', 'GetDiagnostic'],
      codes: { running: '103', ended: '104', notRunningGet: '122', endedGet: '123', notRunningSet: '132', endedSet: '133', notRunningCommit: '142', endedCommit: '143',
        notRunningEnd: '112', endedEnd: '113', argument: '201', unknown: '401', noChildren: '301', noCount: '301', keyword: '404', readOnly: '404', writeOnly: '405', type: '406', range: '407',
        index: '351', indexGet: '301', dependency: '408', failed: '391', unset: '403' },
      elements: { learner: 'cmi.learner_id', name: 'cmi.learner_name', mode: 'cmi.mode', credit: 'cmi.credit', entry: 'cmi.entry', exit: 'cmi.exit', session: 'cmi.session_time',
        total: 'cmi.total_time', suspend: 'cmi.suspend_data', raw: 'cmi.score.raw', response: 'learner_response' },
      statuses: { 'cmi.completion_status': ['completed'], 'cmi.success_status': ['passed', 'failed'] },
    },
  };

  const MEANINGS = {
    0: 'no error', 101: 'general failure', 103: 'already initialised', 104: 'content instance ended', 112: 'ended before it began', 113: 'ended twice', 122: 'read before it began',
    123: 'read after the end', 132: 'written before it began', 133: 'written after the end', 142: 'committed before it began', 143: 'committed after the end', 201: 'invalid argument',
    202: 'element has no children', 203: 'element is no array', 301: 'not initialised, or no such index', 351: 'cannot be set', 391: 'commit failed', 401: 'no such element',
    402: 'a keyword cannot be set', 403: 'not set yet, or read only', 404: 'read only, or write only', 405: 'wrong type, or write only', 406: 'wrong type', 407: 'out of range', 408: 'something else must be set before',
  };

  /** Seconds of a 1.2 timespan or a 2004 interval. */
  function seconds(version, value) {
    if (version === '1.2') {
      const parts = value.split(':').map(Number);
      return parts.length === 3 ? parts[0] * 3600 + parts[1] * 60 + parts[2] : 0;
    }
    const found = /^P(?:(\d+)Y)?(?:(\d+)M)?(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:([\d.]+)S)?)?$/.exec(value) || [];
    const units = [0, 31557600, 2629800, 86400, 3600, 60, 1];
    return units.reduce((sum, unit, index) => sum + unit * Number(found[index] && index ? found[index] : 0), 0);
  }

  /** @returns {string} that many seconds as the version writes a total time */
  function total(version, amount) {
    const hundredths = Math.round(amount * 100);
    if (version === '2004') return 'PT' + hundredths / 100 + 'S';
    const pad = (value, digits) => String(value).padStart(digits, '0');
    const whole = Math.floor(hundredths / 100);
    return pad(Math.floor(whole / 3600), 4) + ':' + pad(Math.floor(whole / 60) % 60, 2) + ':' + pad(whole % 60, 2) + '.' + pad(hundredths % 100, 2);
  }

  window.lmsModel = { VERSIONS, MEANINGS, response, seconds, total };
})();
