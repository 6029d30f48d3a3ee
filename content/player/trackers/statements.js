/* The statements of a cmi5 session (cmi5 9), with ids that follow from what they say: twice said, it is one. */
(function () {
  'use strict';

  const { course } = SSE.data;
  const CMI5 = 'https://w3id.org/xapi/cmi5/';
  const VERBS = 'http://adlnet.gov/expapi/verbs/';
  const ACTIVITIES = 'http://adlnet.gov/expapi/activities/';

  /** xAPI's forms of answers (xAPI Data 2.4.4.1, "Interaction Activities"). @type {InteractionDialect} */
  const dialect = {
    choices: (list, ids) => ids.filter(Boolean).join('[,]'),
    pairs: (pairs) => pairs.map((pair) => pair.source + '[.]' + target(pair.source, pair.target, pair.targets, pair.sources)).join('[,]'),
    truth: String,
    range: (low, high) => low + '[:]' + high,
    text: (text) => text.replace(/\s+/g, ' ').trim(),
  };

  /** Parts with choices of their own have targets of their own. @param {string} source @param {string} id @param {{id: string}[]} targets @param {{id: string}[]} sources */
  function target(source, id, targets, sources) {
    const own = sources.some((one) => 'choices' in one);
    return own ? source + '/' + id : id;
  }

  /** @param {string} text @returns {string} a UUID that follows from it */
  function uuid(text) {
    const words = [0, 1, 2, 3].map((part) => {
      let number = 0x811c9dc5;
      const whole = part + '/' + text + '/' + part;
      for (let i = 0; i < whole.length; i += 1) number = Math.imul(number ^ whole.charCodeAt(i), 0x01000193);
      number = Math.imul(number ^ (number >>> 16), 0x85ebca6b);
      number = Math.imul(number ^ (number >>> 13), 0xc2b2ae35);
      return ((number ^ (number >>> 16)) >>> 0).toString(16).padStart(8, '0');
    }).join('');
    // RFC 4122: made from a name (version 5), variant 10.
    const variant = ((parseInt(words[16], 16) & 3) | 8).toString(16);
    return [words.slice(0, 8), words.slice(8, 12), '5' + words.slice(13, 16), variant + words.slice(17, 20), words.slice(20)].join('-');
  }

  /** @param {number} milliseconds @returns {string} ISO 8601 */
  const duration = (milliseconds) => 'PT' + Math.max(0, Math.floor(milliseconds / 10) / 100) + 'S';

  /** @param {Html} html @returns {{[language: string]: string}} */
  const words = (html) => ({ [course.language]: SSE.dom.plain(html) });

  /** @param {ChoiceView[] | undefined} list */
  const components = (list) => (list || []).map((one) => ({ id: one.id, description: words(one.html) }));

  /** @param {Question} question @returns {object} the activity's definition */
  function definition(question) {
    /** @type {{[type: string]: string}} */
    const types = {
      'single-choice': 'choice', 'multiple-choice': 'choice', 'true-false': 'true-false', matching: 'matching', ordering: 'sequencing',
      numeric: 'numeric', cloze: 'matching', 'short-text': question.scored ? 'fill-in' : 'long-fill-in', scenario: 'matching',
    };
    const parts = question.gaps || question.steps;
    const right = SSE.interactions.pattern(question, dialect);
    const accepted = question.type === 'short-text' && question.key ? question.key.accepted || [] : null;
    return Object.assign(
      { type: ACTIVITIES + 'cmi.interaction', interactionType: types[question.type], description: words(question.prompt_html) },
      accepted ? (accepted.length ? { correctResponsesPattern: accepted } : {}) : right ? { correctResponsesPattern: [right] } : {},
      types[question.type] === 'choice' ? { choices: components(question.choices) } : {},
      question.type === 'ordering' ? { choices: components(question.items) } : {},
      question.type === 'matching' ? { source: components(question.pairs), target: components(question.options) } : {},
      parts ? {
        source: parts.map((part, index) => ({ id: part.id, description: 'prompt_html' in part ? words(String(part.prompt_html)) : { [course.language]: SSE.data.t('gap', { n: index + 1 }) } })),
        target: parts.reduce((/** @type {object[]} */ all, part) => all.concat(part.choices.map((choice) => ({ id: part.id + '/' + choice.id, description: words(choice.html) }))), []),
      } : {},
    );
  }

  /** @type {StatementsModule['maker']} */
  function maker(launch, given) {
    const named = (given.contextTemplate.extensions || {})[CMI5 + 'context/extensions/sessionid'];
    // Open edX's block names no session: each opening is one then.
    const session = named ? String(named) : uuid(['session', launch.registration, Date.now(), Math.random()].join(' '));
    let last = 0;

    /** @returns {string} never before the one of the statement before */
    function now() {
      last = Math.max(Date.now(), last);
      return new Date(last).toISOString();
    }

    /**
     * The LMS's template with more in it, nothing of it overwritten (10, contextTemplate).
     * @param {string[]} categories @param {boolean} judged @param {object[]} parent @param {object[]} [other]
     */
    function context(categories, judged, parent, other) {
      const made = JSON.parse(JSON.stringify(given.contextTemplate));
      made.registration = launch.registration;
      made.contextActivities = made.contextActivities || {};
      /** @param {string} name @param {any[]} more */
      const add = (name, more) => {
        /** @type {any[]} */
        const there = Array.isArray(made.contextActivities[name]) ? made.contextActivities[name] : [];
        const news = more.filter((one) => !there.some((old) => old.id === one.id));
        if (there.length || news.length) made.contextActivities[name] = there.concat(news);
      };
      add('category', categories.map((id) => ({ objectType: 'Activity', id: CMI5 + 'context/categories/' + id })));
      add('parent', parent);
      add('other', other || []);
      if (judged && typeof given.masteryScore === 'number') made.extensions[CMI5 + 'context/extensions/masteryscore'] = given.masteryScore;
      return made;
    }

    /** @param {UnitInfo} info @param {string} id */
    function outcome(info, id) {
      const text = info.outcomes.filter((one) => one.id === id).map((one) => one.text)[0] || id;
      return {
        objectType: 'Activity',
        id: launch.activityId.replace(/\/?$/, '/') + 'outcomes/' + info.id + '/' + id,
        definition: { type: ACTIVITIES + 'objective', name: { [course.language]: text } },
      };
    }

    /** @param {string} name @param {string} scope what the id follows from, besides the verb @param {object | null} result @param {{judged?: boolean, moveOn?: boolean}} kind @returns {Statement} */
    function defined(name, scope, result, kind) {
      return Object.assign({
        id: uuid([name, launch.registration, launch.activityId, scope].join(' ')),
        actor: launch.actor,
        verb: { id: VERBS + name, display: { en: name } },
        object: { objectType: /** @type {const} */ ('Activity'), id: launch.activityId },
      }, result ? { result } : {}, {
        context: context(kind.moveOn ? ['cmi5', 'moveon'] : ['cmi5'], kind.judged === true, []),
        timestamp: now(),
      });
    }

    /** @param {string | null} value @returns {object} a score, where there is one that fits the verdict */
    function score(value) {
      return value === null ? {} : { score: { scaled: Math.round(Number(value) * 100) / 10000 } };
    }

    return {
      session,
      initialized: () => defined('initialized', session, null, {}),
      terminated: (since, progress) => defined('terminated', session, Object.assign(
        { duration: duration(since) }, progress === null ? {} : { extensions: { [CMI5 + 'result/extensions/progress']: progress } },
      ), {}),
      completed: (since) => defined('completed', '', { completion: true, duration: duration(since) }, { moveOn: true }),
      passed: (since, value) => defined('passed', '', Object.assign({ success: true, duration: duration(since) }, score(value)), { moveOn: true, judged: true }),
      failed: (since, value) => defined('failed', '', Object.assign({ success: false, duration: duration(since) }, score(value)), { moveOn: true, judged: true }),
      /* Not defined by cmi5, but allowed: without its category (7.1.2). */
      answered: (info, question, attempt) => {
        const answer = attempt.answers ? attempt.answers[question.id] : undefined;
        const response = SSE.interactions.response(question, answer, dialect);
        const result = attempt.results[question.id];
        const credit = result ? result.credit : null;
        const place = info.id + '/' + question.id;
        return {
          id: uuid(['answered', launch.registration, launch.activityId, place, attempt.number].join(' ')),
          actor: launch.actor,
          verb: { id: VERBS + 'answered', display: { en: 'answered' } },
          object: { objectType: 'Activity', id: launch.activityId.replace(/\/?$/, '/') + 'questions/' + place, definition: definition(question) },
          result: Object.assign(
            response ? { response } : {},
            credit === null ? {} : { success: SSE.data.amount(credit) >= 1, score: { scaled: Math.round(SSE.data.amount(credit) * 10000) / 10000 } },
          ),
          context: context([], false, [{ objectType: 'Activity', id: launch.activityId }], question.outcome ? [outcome(info, question.outcome)] : []),
          timestamp: now(),
        };
      },
      progressed: (progress) => ({
        id: uuid(['progressed', session, progress].join(' ')),
        actor: launch.actor,
        verb: { id: VERBS + 'progressed', display: { en: 'progressed' } },
        object: { objectType: 'Activity', id: launch.activityId },
        result: { extensions: { [CMI5 + 'result/extensions/progress']: progress } },
        context: context([], false, []),
        timestamp: now(),
      }),
    };
  }

  SSE.statements = { maker };
})();
