/*
 * A SCORM API that stands before scorm-again and holds the SCO to the letter of the standard (SCORM 1.2 RTE 3.4,
 * SCORM 2004 4th ed. RTE 4.2) and to what real LMSs bear (shared/scorm.md): scorm-again takes 5,000 characters of 1.2
 * suspend_data, times with one digit, elements in any order, calls after the end. Every breach is recorded in
 * `violations`; the call still goes through, as in a lenient LMS. `faults` makes it an LMS that fails.
 */
(function () {
  'use strict';

  const decimal = /^-?\d{1,10}(\.\d{1,7})?$/;
  const id12 = /^[\x21-\x7e]{1,255}$/;
  const string = (max) => (value) => value.length <= max;
  const oneOf = (...words) => (value) => words.includes(value);
  const matches = (pattern) => (value) => pattern.test(value);
  const between = (low, high) => (value) => decimal.test(value) && Number(value) >= low && Number(value) <= high;
  const ascii = (max) => (value) => value.length <= max && /^[\x20-\x7e]*$/.test(value);

  const statuses12 = ['passed', 'completed', 'failed', 'incomplete', 'browsed'];
  const responses12 = {
    'true-false': /^[01tf]$/,
    choice: /^[a-z0-9](,[a-z0-9])*$/,
    'fill-in': /^[^\n\r]{0,255}$/,
    matching: /^[a-z0-9]\.[a-z0-9](,[a-z0-9]\.[a-z0-9])*$/,
    performance: /^[^\n\r]{0,255}$/,
    sequencing: /^[a-z0-9](,[a-z0-9])*$/,
    likert: /^[a-z0-9]?$/,
    numeric: decimal,
  };
  const word = '[\\w.]{1,250}';
  const responses2004 = {
    'true-false': /^(true|false)$/,
    choice: new RegExp(`^(${word}(\\[,\\]${word}){0,35})?$`),
    'fill-in': /^([^\n\r]{0,250}(\[,\][^\n\r]{0,250}){0,9})$/,
    'long-fill-in': /^[^\n\r]{0,4000}$/,
    matching: new RegExp(`^${word}\\[\\.\\]${word}(\\[,\\]${word}\\[\\.\\]${word}){0,35}$`),
    performance: /^[^\n\r]{1,4000}$/,
    sequencing: new RegExp(`^${word}(\\[,\\]${word}){0,35}$`),
    likert: new RegExp(`^${word}$`),
    numeric: decimal,
    other: /^[^\n\r]{0,4000}$/,
  };
  /* What Moodle takes: no zone, or Z after exactly two decimals. */
  const timestamp = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d\dZ?)?$/;
  const interval = /^P(?=.)(\d+Y)?(\d+M)?(\d+D)?(T(?=.)(\d+H)?(\d+M)?(\d+(\.\d{1,2})?S)?)?$/;
  const span12 = /^\d{2,4}:[0-5]\d:[0-5]\d(\.\d\d)?$/;
  const score2004 = { raw: matches(decimal), min: matches(decimal), max: matches(decimal), scaled: between(-1, 1) };
  const score12 = { raw: between(0, 100), min: between(0, 100), max: between(0, 100) };

  /** Element (numbers as n) to the check of its value; `null` is read only. */
  const SCORM12 = {
    'cmi.core.student_id': null, 'cmi.core.student_name': null, 'cmi.core.credit': null, 'cmi.core.entry': null,
    'cmi.core.total_time': null, 'cmi.core.lesson_mode': null, 'cmi.launch_data': null, 'cmi.comments_from_lms': null,
    'cmi.core._children': null, 'cmi.core.score._children': null, 'cmi.student_data.mastery_score': null,
    'cmi.student_data.max_time_allowed': null, 'cmi.student_data.time_limit_action': null,
    'cmi.objectives._count': null, 'cmi.objectives._children': null, 'cmi.interactions._count': null, 'cmi.interactions._children': null,
    'cmi.student_preference.language': string(255),
    'cmi.core.lesson_location': ascii(255),
    'cmi.core.lesson_status': oneOf(...statuses12),
    'cmi.core.exit': oneOf('time-out', 'suspend', 'logout', ''),
    'cmi.core.session_time': matches(span12),
    'cmi.suspend_data': ascii(4096),
    'cmi.comments': string(4096),
    'cmi.objectives.n.id': matches(id12),
    'cmi.objectives.n.status': oneOf('not attempted', ...statuses12),
    'cmi.interactions.n.id': matches(id12),
    'cmi.interactions.n.objectives.n.id': matches(id12),
    'cmi.interactions.n.time': matches(/^[0-2]\d:[0-5]\d:[0-5]\d(\.\d\d)?$/),
    'cmi.interactions.n.type': oneOf(...Object.keys(responses12)),
    'cmi.interactions.n.correct_responses.n.pattern': string(255),
    'cmi.interactions.n.weighting': matches(decimal),
    'cmi.interactions.n.student_response': string(255),
    'cmi.interactions.n.result': (value) => oneOf('correct', 'wrong', 'unanticipated', 'neutral')(value) || decimal.test(value),
    'cmi.interactions.n.latency': matches(span12),
  };
  const SCORM2004 = {
    'cmi._version': null, 'cmi.learner_id': null, 'cmi.learner_name': null, 'cmi.credit': null, 'cmi.entry': null, 'cmi.mode': null,
    'cmi.total_time': null, 'cmi.launch_data': null, 'cmi.completion_threshold': null, 'cmi.scaled_passing_score': null,
    'cmi.max_time_allowed': null, 'cmi.time_limit_action': null, 'cmi.objectives._count': null, 'cmi.objectives._children': null,
    'cmi.interactions._count': null, 'cmi.interactions._children': null, 'cmi.score._children': null,
    'cmi.learner_preference.language': string(250),
    'cmi.location': string(1000),
    'cmi.completion_status': oneOf('completed', 'incomplete', 'not attempted', 'unknown'),
    'cmi.success_status': oneOf('passed', 'failed', 'unknown'),
    'cmi.exit': oneOf('time-out', 'suspend', 'logout', 'normal', ''),
    'cmi.session_time': matches(interval),
    'cmi.suspend_data': ascii(64000),
    'cmi.progress_measure': between(0, 1),
    'cmi.objectives.n.id': matches(/^\S{1,4000}$/),
    'cmi.objectives.n.success_status': oneOf('passed', 'failed', 'unknown'),
    'cmi.objectives.n.completion_status': oneOf('completed', 'incomplete', 'not attempted', 'unknown'),
    'cmi.objectives.n.progress_measure': between(0, 1),
    'cmi.objectives.n.description': string(250),
    'cmi.interactions.n.id': matches(/^\S{1,4000}$/),
    'cmi.interactions.n.type': oneOf(...Object.keys(responses2004)),
    'cmi.interactions.n.objectives.n.id': matches(/^\S{1,4000}$/),
    'cmi.interactions.n.timestamp': matches(timestamp),
    'cmi.interactions.n.correct_responses.n.pattern': string(4000),
    'cmi.interactions.n.weighting': matches(decimal),
    'cmi.interactions.n.learner_response': string(4000),
    'cmi.interactions.n.result': (value) => oneOf('correct', 'incorrect', 'unanticipated', 'neutral')(value) || decimal.test(value),
    'cmi.interactions.n.latency': matches(interval),
    'cmi.interactions.n.description': string(250),
  };
  for (const part of ['raw', 'min', 'max']) {
    SCORM12['cmi.core.score.' + part] = score12[part];
    SCORM12['cmi.objectives.n.score.' + part] = score12[part];
  }
  for (const part of ['raw', 'min', 'max', 'scaled']) {
    SCORM2004['cmi.score.' + part] = score2004[part];
    SCORM2004['cmi.objectives.n.score.' + part] = score2004[part];
  }

  const NAMES = {
    scorm12: { Initialize: 'LMSInitialize', Terminate: 'LMSFinish', GetValue: 'LMSGetValue', SetValue: 'LMSSetValue', Commit: 'LMSCommit', GetLastError: 'LMSGetLastError', GetErrorString: 'LMSGetErrorString', GetDiagnostic: 'LMSGetDiagnostic' },
    scorm2004: { Initialize: 'Initialize', Terminate: 'Terminate', GetValue: 'GetValue', SetValue: 'SetValue', Commit: 'Commit', GetLastError: 'GetLastError', GetErrorString: 'GetErrorString', GetDiagnostic: 'GetDiagnostic' },
  };

  /**
   * @param version 'scorm12' or 'scorm2004'
   * @param inner the lenient API (scorm-again)
   * @param kept elements from earlier sessions
   * @param faults names of calls to their fault: 'false', 'throw', 'lie' (says "true" and does nothing), {slow: ms},
   *   or a number: the first so many fail; `truncate`: so many characters of suspend data are kept
   * @param told `commit(values)` whenever the LMS has them for good, `ended(record)` after each call from the end on
   */
  window.strictApi = function (version, inner, kept, faults, told) {
    const model = version === 'scorm12' ? SCORM12 : SCORM2004;
    const names = NAMES[version];
    const values = Object.assign({}, kept);
    const record = { violations: [], calls: [], values, state: 'new', commits: 0, mode: 'normal' };

    const breach = (text) => record.violations.push(text);
    const general = (element) => element.replace(/\.\d+(?=\.|$)/g, '.n');
    const failing = (call) => {
      const fault = faults[call];
      if (fault === undefined) return null;
      if (typeof fault === 'object') return fault;
      if (typeof fault === 'number') { if (fault <= 0) return null; faults[call] = fault - 1; return 'false'; }
      return fault;
    };

    function count(list) {
      let n = 0;
      while (values[`${list}.${n}.id`] !== undefined) n += 1;
      return n;
    }

    /** Collections grow one by one, and begin with their id (RTE 4.1.1.3). */
    function collection(element, value) {
      const found = /^(cmi\.(interactions|objectives)(?:\.\d+\.(objectives|correct_responses))?)\.(\d+)\.(.+)$/.exec(element);
      if (!found) return;
      const outer = /^cmi\.(interactions|objectives)\.(\d+)\.(.+)$/.exec(element);
      const list = `cmi.${outer[1]}`;
      const index = Number(outer[2]);
      const have = count(list);
      if (index > have) breach(`${element}: number ${index}, but there are ${have}`);
      if (outer[3] !== 'id' && index >= have) breach(`${element} before the id`);
      if (outer[1] === 'interactions') {
        const needsType = /^(student_response|learner_response|correct_responses|result|latency)/.test(outer[3]);
        if (needsType && values[`${list}.${index}.type`] === undefined) breach(`${element} before the type`);
        if (/response/.test(outer[3])) {
          const type = values[`${list}.${index}.type`];
          const pattern = (version === 'scorm12' ? responses12 : responses2004)[type];
          const bare = version === 'scorm2004' ? value.replace(/^(\{(case_matters|order_matters)=(true|false)\})+/, '') : value;
          const numeric = type === 'numeric' && /pattern$/.test(element) && /\[:\]/.test(bare);
          if (pattern && !numeric && !pattern.test(bare)) breach(`${element}: “${value}” is no ${type}`);
        }
      }
      if (outer[3] === 'id' && outer[1] === 'objectives') {
        for (let n = 0; n < have; n += 1) {
          if (n !== index && values[`${list}.${n}.id`] === value) breach(`${element}: “${value}” is there already`);
        }
        if (index < have && values[element] !== value) breach(`${element}: an id never changes`);
      }
    }

    /** A status that was reached is never taken back. */
    function downgrade(element, value) {
      const old = values[element];
      const final = { 'cmi.core.lesson_status': ['passed', 'completed', 'failed'], 'cmi.completion_status': ['completed'], 'cmi.success_status': ['passed', 'failed'] }[element];
      if (final && final.includes(old) && !final.includes(value)) breach(`${element} from ${old} back to ${value}`);
      else if (final && old === 'passed' && value !== 'passed') breach(`${element} from passed to ${value}`);
    }

    const call = (name, args, work) => {
      record.calls.push([name, ...args]);
      const fault = failing(name);
      if (fault && fault.slow) for (const end = Date.now() + fault.slow; Date.now() < end;);
      if (fault === 'lie') return 'true';
      if (fault === 'throw') throw new Error(`the LMS fails in ${name}`);
      if (fault === 'false') return 'false';
      const answer = work();
      if (record.state === 'ended') told.ended(record);
      return answer;
    };
    const empty = (name, parameter) => { if (parameter !== '') breach(`${name}: its parameter must be an empty string`); };
    const running = (name) => { if (record.state !== 'running') breach(`${name} while ${record.state}`); };
    const save = () => {
      record.commits += 1;
      told.commit(Object.assign({}, values));
    };

    const api = {
      [names.Initialize]: (parameter) => call('Initialize', [parameter], () => {
        empty('Initialize', parameter);
        if (record.state !== 'new') breach(`Initialize while ${record.state}`);
        const answer = inner[names.Initialize]('');
        if (answer === 'true') record.state = 'running';
        return answer;
      }),
      [names.Terminate]: (parameter) => call('Terminate', [parameter], () => {
        empty('Terminate', parameter);
        running('Terminate');
        record.state = 'ended';
        const answer = inner[names.Terminate]('');
        save();
        return answer;
      }),
      [names.Commit]: (parameter) => call('Commit', [parameter], () => {
        empty('Commit', parameter);
        running('Commit');
        const answer = inner[names.Commit]('');
        if (answer === 'true') save();
        return answer;
      }),
      [names.GetValue]: (element) => call('GetValue', [element], () => {
        running('GetValue');
        const known = general(element);
        if (!(known in model) && !/\._(count|children)$/.test(known)) breach(`GetValue ${element}: no such element`);
        if (version === 'scorm12' && /^cmi\.interactions\.\d/.test(element) && !/\._count$/.test(element)) breach(`GetValue ${element}: write only`);
        if (/^cmi\.(core\.)?(exit|session_time)$/.test(element)) breach(`GetValue ${element}: write only`);
        return inner[names.GetValue](element);
      }),
      [names.SetValue]: (element, value) => call('SetValue', [element, value], () => {
        running('SetValue');
        if (record.mode !== 'normal') breach(`SetValue ${element} in ${record.mode} mode`);
        if (typeof value !== 'string') breach(`SetValue ${element}: a ${typeof value}, not a string`);
        const check = model[general(element)];
        if (check === undefined) breach(`SetValue ${element}: no such element`);
        else if (check === null) breach(`SetValue ${element}: read only`);
        else if (!check(String(value))) breach(`SetValue ${element}: “${String(value).slice(0, 80)}” (${String(value).length}) is out of its type`);
        collection(element, String(value));
        downgrade(element, value);
        const kept = faults.truncate && /suspend_data$/.test(element) ? String(value).slice(0, faults.truncate) : value;
        const answer = inner[names.SetValue](element, kept);
        if (String(answer) === 'true') values[element] = String(kept);
        else breach(`SetValue ${element}: scorm-again refuses “${String(value).slice(0, 80)}”: error ${inner[names.GetLastError]()}`);
        return answer;
      }),
      [names.GetLastError]: () => inner[names.GetLastError](),
      [names.GetErrorString]: (code) => inner[names.GetErrorString](code),
      [names.GetDiagnostic]: (code) => inner[names.GetDiagnostic](code),
    };
    return { api, record };
  };
})();
