/*
 * A learning platform's SCORM runtime, strict: each call is answered as the standard says, with its error codes, and
 * every breach is kept to be shown. What content may do and real platforms dislike is a warning.
 *
 * One Lms is one learner's track of one SCO. `kept` is what a platform would have in its tables: only a commit or the
 * end writes it. A session begins when the document that calls has not called before.
 */
(function () {
  'use strict';

  const { VERSIONS, MEANINGS, response, seconds, total } = window.lmsModel;
  const MAX_CALLS = 400;
  const LIST = /^(cmi\.(?:interactions|objectives|comments_from_learner)(?:\.\d+\.(?:objectives|correct_responses))?)\.(\d+)\.(.+)$/;

  /**
   * @param {{version: string, limit: number, learner: string, page: () => Document | null, changed: () => void}} options
   *   `page` is the document that plays; `limit` the characters of suspend data that the edition has
   */
  function createLms(options) {
    const version = VERSIONS[options.version];
    const { codes, elements, model } = version;

    const lms = {
      version: options.version, limit: options.limit, elements,
      kept: {}, attempt: 1, entry: 'ab-initio', review: false, failing: false,
      state: 'waiting', values: {}, fresh: {}, calls: [], faults: [], commits: 0, failures: 0, sessions: 0,
    };
    let page = null;
    let lastError = '0';

    // ---- what is written down --------------------------------------------------------------

    function breach(severity, call, message) {
      const same = lms.faults.find((one) => one.call === call && one.message === message);
      if (same) same.times += 1;
      else lms.faults.push({ severity, call, message, times: 1 });
    }
    const error = (call, message) => breach('error', call, message);
    const warn = (call, message) => breach('warning', call, message);

    /** Ends a call: notes it, with its error code, and returns the answer. */
    function done(call, args, answer, code, message) {
      lastError = code;
      lms.calls.push({ call, args, answer, code, meaning: code === '0' ? '' : MEANINGS[code] || '' });
      if (lms.calls.length > MAX_CALLS) lms.calls.shift();
      // Asking for what is not set yet is how content learns that there is nothing.
      if (code !== '0' && code !== codes.unset) error(call + (args.length ? ' ' + args[0] : ''), (message || MEANINGS[code]) + ' (error ' + code + ')');
      options.changed();
      return answer;
    }

    // ---- sessions --------------------------------------------------------------------------

    function launch() {
      if (lms.state === 'running') error('the page', 'went away without ending its session: what was not committed is lost');
      page = options.page();
      lms.state = 'launched';
      lms.values = Object.assign({}, lms.kept);
      lms.fresh = {};
      lms.sessions += 1;
    }

    /** A page that has not called before begins a session. */
    function meet() {
      if (options.page() !== page) launch();
    }

    function fixed(element) {
      const given = {
        [elements.learner]: 'preview', [elements.name]: options.learner, [elements.entry]: lms.entry,
        [elements.mode]: lms.review ? 'review' : 'normal', [elements.credit]: lms.review ? 'no-credit' : 'credit',
      };
      return given[element];
    }

    function end() {
      const exit = lms.values[elements.exit] || '';
      const spent = seconds(lms.version, lms.values[elements.session] || '');
      if (!lms.values[elements.session]) warn('the end', 'no session time was set: platforms report no time spent');
      if (lms.version === '1.2' && lms.values['cmi.core.lesson_status'] === undefined && !lms.review) {
        warn('the end', 'no status was set: many platforms take that for completed');
      }
      const before = seconds(lms.version, lms.kept[elements.total] || '');
      delete lms.values[elements.session];
      delete lms.values[elements.exit];
      lms.values[elements.total] = total(lms.version, before + spent);
      lms.state = 'ended';
      if (lms.review) return;
      lms.kept = Object.assign({}, lms.values);
      lms.entry = exit === 'suspend' ? 'resume' : '';
      // SCORM 2004 (RTE 2.1.1): an attempt that was not suspended is over, and the next one begins afresh.
      if (lms.version === '2004' && exit !== 'suspend') startAttempt();
    }

    function startAttempt() {
      lms.kept = {};
      lms.entry = 'ab-initio';
      lms.attempt += 1;
    }

    // ---- the data model --------------------------------------------------------------------

    const general = (element) => element.replace(/\.\d+(?=\.|$)/g, '.n');
    const children = (prefix) => {
      const names = Object.keys(model).filter((one) => one.indexOf(prefix + '.') === 0).map((one) => one.slice(prefix.length + 1).split('.')[0]);
      return names.filter((one, index) => one !== 'n' && names.indexOf(one) === index);
    };
    const isList = (prefix) => model[prefix + '.n.id'] || model[prefix + '.n.pattern'] || model[prefix + '.n.comment'];

    function count(list) {
      let found = 0;
      while (Object.keys(lms.values).some((one) => one.indexOf(list + '.' + found + '.') === 0)) found += 1;
      return found;
    }

    /** Whether the element's indices are there, or (to write) next in line. @returns {{list: string, index: number} | null} the first that is not */
    function gap(element, writing) {
      let found = LIST.exec(element);
      let rest = element;
      while (found) {
        const have = count(found[1]);
        const outer = /^(cmi\.\w+)\.(\d+)\./.exec(rest);
        if (Number(found[2]) > (writing ? have : have - 1)) return { list: found[1], index: Number(found[2]) };
        if (found[1] === outer[1]) return null;
        rest = outer[0];
        found = LIST.exec(outer[0] + 'id');
      }
      return null;
    }

    function get(element) {
      if (typeof element !== 'string' || element === '') return ['', codes.argument];
      const keyword = /^(.+)\.(_children|_count|_version)$/.exec(element);
      if (keyword && keyword[2] === '_children') {
        const prefix = general(keyword[1]);
        const names = children(isList(prefix) ? prefix + '.n' : prefix);
        if (names.length) return [names.join(','), '0'];
        return ['', model[prefix] ? codes.noChildren : codes.unknown];
      }
      if (keyword && keyword[2] === '_count') {
        return isList(general(keyword[1])) ? [String(count(keyword[1])), '0'] : ['', model[general(keyword[1])] ? codes.noCount : codes.unknown];
      }
      const known = model[general(element)];
      if (!known) return ['', codes.unknown];
      if (!known.read) return ['', codes.writeOnly];
      if (gap(element, false)) return ['', codes.indexGet || codes.index];
      const value = fixed(element) !== undefined ? fixed(element) : lms.values[element];
      if (value !== undefined) return [value, '0'];
      return known.initial !== undefined ? [known.initial, '0'] : ['', codes.unset];
    }

    /** @returns {[string, string]} an error code and why; "0" where the value may be set */
    function refuse(element, value) {
      if (typeof element !== 'string' || element === '') return [codes.argument, 'the element must be named'];
      if (/\._(children|count|version)$/.test(element)) return [codes.keyword, 'a keyword cannot be set'];
      const known = model[general(element)];
      if (!known) return [codes.unknown, 'there is no such element'];
      if (!known.write) return [codes.readOnly, 'only the platform sets this'];
      if (typeof value !== 'string') return [codes.type, 'the value is no text but a ' + typeof value];
      const missing = gap(element, true);
      if (missing) return [codes.index, missing.list + ' has ' + count(missing.list) + ' entries: the next index is that number'];
      const item = LIST.exec(element);
      if (item) {
        const refused = refuseItem(item, value);
        if (refused) return refused;
      }
      const limit = element === elements.suspend ? options.limit : 0;
      if (limit && value.length > limit) return [codes.type, value.length + ' characters, and this edition has room for ' + limit];
      if (!known.check(value)) return [codes.type, '“' + value.slice(0, 60) + '” is not what stands here'];
      if (known.check.range && !known.check.range(value)) return [codes.range, value + ' is out of its range'];
      return ['0', ''];
    }

    /** Entries of a list begin with their id, and a response needs the type before it. */
    function refuseItem(item, value) {
      const [, list, index, part] = item;
      const outer = /^cmi\.(interactions|objectives)\.(\d+)\.(.+)$/.exec(list + '.' + index + '.' + part);
      if (!outer) return null;
      const entry = 'cmi.' + outer[1] + '.' + outer[2];
      const id = lms.values[entry + '.id'];
      if (outer[3] !== 'id' && id === undefined) return [codes.dependency, 'the id comes first'];
      if (list === 'cmi.objectives' && part === 'id') {
        for (let other = 0; other < count(list); other += 1) {
          if (String(other) !== index && lms.values[list + '.' + other + '.id'] === value) return [codes.index, '“' + value + '” is there already'];
        }
        if (lms.version === '2004' && id !== undefined && id !== value) return [codes.index, 'an objective keeps its id'];
      }
      if (outer[1] === 'interactions' && (part === elements.response || part === 'pattern')) {
        const type = lms.values[entry + '.type'];
        if (type === undefined) return [codes.dependency, 'the type comes first'];
        if (!response(lms.version, type, value, part === 'pattern')) return [codes.type, '“' + value.slice(0, 60) + '” is no ' + type + ' response'];
      }
      return null;
    }

    /** What the standard allows and real platforms take amiss. */
    function doubt(call, element, value) {
      if (lms.review) warn(call, 'written in review mode: some platforms keep it, though nothing should change');
      const reached = version.statuses[element];
      const old = lms.values[element];
      if (reached && reached.indexOf(old) >= 0 && reached.indexOf(value) < 0) warn(call, 'from “' + old + '” back to “' + value + '”');
      if (reached && old === 'passed' && value === 'failed') warn(call, 'from “passed” to “failed”');
      if (element === elements.suspend && /[^\x20-\x7e]/.test(value)) warn(call, 'characters beyond ASCII: some platforms lose these when the page is closed');
      if (/\.timestamp$/.test(element) && !/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d\dZ?)?$/.test(value)) warn(call, 'Moodle refuses this form of time');
      if (element === elements.raw && !(Number(value) >= 0 && Number(value) <= 100)) warn(call, 'beyond 0 to 100: platforms do not scale it');
    }

    // ---- the API ---------------------------------------------------------------------------

    const running = () => lms.state === 'running';
    const stopped = (kind) => (lms.state === 'ended' && codes['ended' + kind]) || codes['notRunning' + kind];
    const plain = (parameter) => parameter === '' || parameter === undefined || parameter === null;

    const work = {
      initialize(call, parameter) {
        meet();
        if (running()) return done(call, [], 'false', codes.running);
        if (lms.state === 'ended') return done(call, [], 'false', codes.ended || codes.running, 'a second session of the same page');
        if (!plain(parameter)) return done(call, [parameter], 'false', codes.argument, 'the parameter must be an empty text');
        lms.state = 'running';
        return done(call, [], 'true', '0');
      },
      terminate(call, parameter) {
        if (!running()) return done(call, [], 'false', stopped('End'));
        if (!plain(parameter)) return done(call, [parameter], 'false', codes.argument, 'the parameter must be an empty text');
        if (lms.failing) {
          lms.failures += 1;
          lms.state = 'ended';
          return done(call, [], 'false', codes.failed, 'the platform could not save (you asked for that)');
        }
        end();
        return done(call, [], 'true', '0');
      },
      get(call, element) {
        if (!running()) return done(call, [element], '', stopped('Get'));
        const [value, code] = get(element);
        return done(call, [element], value, code);
      },
      set(call, element, value) {
        if (!running()) return done(call, [element, value], 'false', stopped('Set'));
        const [code, why] = refuse(element, value);
        if (code !== '0') return done(call, [element, value], 'false', code, why);
        doubt(call + ' ' + element, element, value);
        if (lms.values[element] !== value) lms.fresh[element] = true;
        lms.values[element] = value;
        return done(call, [element, value], 'true', '0');
      },
      commit(call, parameter) {
        if (!running()) return done(call, [], 'false', stopped('Commit'));
        if (!plain(parameter)) return done(call, [parameter], 'false', codes.argument, 'the parameter must be an empty text');
        if (lms.failing) {
          lms.failures += 1;
          lastError = codes.failed;
          lms.calls.push({ call, args: [], answer: 'false', code: codes.failed, meaning: 'as you asked' });
          options.changed();
          return 'false';
        }
        lms.commits += 1;
        if (!lms.review) lms.kept = Object.assign({}, lms.values);
        lms.fresh = {};
        return done(call, [], 'true', '0');
      },
    };

    const [initialize, terminate, getValue, setValue, commit, getLastError, getErrorString, getDiagnostic] = version.names;
    const api = {
      [initialize]: (parameter) => work.initialize(initialize, parameter),
      [terminate]: (parameter) => work.terminate(terminate, parameter),
      [getValue]: (element) => work.get(getValue, element),
      [setValue]: (element, value) => work.set(setValue, element, value),
      [commit]: (parameter) => work.commit(commit, parameter),
      [getLastError]: () => lastError,
      [getErrorString]: (code) => MEANINGS[code] || '',
      [getDiagnostic]: (code) => MEANINGS[code || lastError] || '',
    };

    /** The next session begins with nothing, as if the learner started again. */
    lms.newAttempt = () => {
      startAttempt();
      lms.faults = [];
      options.changed();
    };
    lms.api = api;
    lms.apiName = version.api;
    return lms;
  }

  window.createLms = createLms;
})();
